import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file that is either the old one or the whole new one: first beside it, then renamed. */
export async function writeWhole(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, data, mode === undefined ? {} : { mode });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

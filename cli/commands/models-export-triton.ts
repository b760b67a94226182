import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../../src/base/package-root.js';
import { writeTritonRepository } from '../../src/scorer/served/oip/triton-repository.js';
import type { Io } from '../io.js';

export const define = (parent: Command): Command =>
  parent
    .command('export-triton')
    .description('Write a Triton model repository of a TLDR folder, for the scorer oip:URL.')
    .argument('[folder]', 'a TLDR model folder (default: the embedded one)')
    .requiredOption('--out <folder>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective models export-triton --out repository
  $ vlm-detective models export-triton ./my-tldr --out repository
  $ tritonserver --model-repository repository
  $ vlm-detective score photo.jpg --text "…" --scorer oip:http://localhost:8000#./my-tldr`,
    );

/** `vlm-detective models export-triton`: prints what was written. */
export async function run(io: Io, folder: string | undefined, { out }: { out: string }): Promise<void> {
  const model = folder ?? join(packageRoot(), 'models', 'tldr-scenes');
  const names = await writeTritonRepository(model, out);
  io.stdout.write(names.map((name) => `${join(out, name)}\n`).join(''));
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DetectiveError } from '../../src/base/errors.js';
import { packageRoot } from '../../src/base/package-root.js';

const read = new Map<string, string>();

/**
 * A file of the page as it was built.
 *
 * @throws DetectiveError `missing-dependency` where it was not.
 */
export async function pageFile(name: string): Promise<string> {
  const path = join(packageRoot(), 'dist', 'annotate', 'page', name);
  const known = read.get(name);
  if (known !== undefined) return known;
  try {
    const text = await readFile(path, 'utf8');
    read.set(name, text);
    return text;
  } catch (cause) {
    throw new DetectiveError(
      'missing-dependency',
      `${path} is missing: build the package (npm run build), or install it again`,
      { cause },
    );
  }
}

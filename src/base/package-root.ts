import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DetectiveError } from './errors.js';

let found: string | undefined;

/** The folder of this package: where `models/`, `prompts/` and `dist/` are, from the sources and from a bundle alike. */
export function packageRoot(): string {
  if (found) return found;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'vlm-detective'
    ) {
      found = folder;
      return folder;
    }
    if (dirname(folder) === folder)
      throw new DetectiveError(
        'bad-model',
        'the vlm-detective package folder was not found: install the package again',
      );
  }
}

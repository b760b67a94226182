import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `test/versions/package.json` has its packages; `node scripts/setup.mjs --tests` installs them. */
export const packages = join(import.meta.dirname, 'node_modules');

export const installed = existsSync(join(packages, '.package-lock.json'));

// Writes dist/THIRD_PARTY_LICENCES.txt: the licence of every package whose code the build took into dist or engine.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takenIn } from './shipped.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @throws Error where a package has neither a licence file nor a word on its licence. */
function licenceOf(name) {
  const folder = createRequire(import.meta.url)
    .resolve.paths(name)
    .map((path) => join(path, name))
    .find(existsSync);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(entry));
  if (!file && !license) throw new Error(`${name} says nothing of its licence: it cannot be taken into dist`);
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}

const texts = takenIn().map(licenceOf);
const rule = `\n${'-'.repeat(80)}\n\n`;
writeFileSync(join(root, 'dist', 'THIRD_PARTY_LICENCES.txt'), texts.join(rule));

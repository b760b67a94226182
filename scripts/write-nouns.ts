// Usage: npx tsx scripts/write-nouns.ts OUT.json: every noun with its written forms, for training
import { writeFileSync } from 'node:fs';
import { nouns } from '../src/text/lexicon/nouns.js';

const [out] = process.argv.slice(2);
if (!out) throw new Error('usage: write-nouns OUT.json');
const rows = nouns.map(({ singular, plural, synonyms }) => [
  ...new Set([singular, plural, ...synonyms.flat()].flatMap((form) => [form, form.replaceAll('-', ' ')])),
]);
writeFileSync(out, JSON.stringify(rows.map(([name, ...rest]) => [name, ...rest])));

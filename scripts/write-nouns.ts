// Usage: npx tsx scripts/write-nouns.ts OUT.json: every noun and sign word with its written forms, for training
import { writeFileSync } from 'node:fs';
import { signNumbers, signWords } from '../scenes/sign-words.js';
import { nouns } from '../src/text/lexicon/nouns.js';

const [out] = process.argv.slice(2);
if (!out) throw new Error('usage: write-nouns OUT.json');
const rows = nouns.map(({ singular, plural, synonyms }) => [
  ...new Set([singular, plural, ...synonyms.flat()].flatMap((form) => [form, form.replaceAll('-', ' ')])),
]);
const signs = [...signWords, ...signNumbers].map((word) => [`sign:${word}`, `sign ${word}`]);
writeFileSync(out, JSON.stringify([...rows, ...signs]));

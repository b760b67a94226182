// Usage: npx tsx scripts/check-abstention.ts FOLDER [MODEL]: on how many pictures of a folder the scorer abstains
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tldrScorer } from '../src/scorer/tldr/tldr-scorer.js';

const [folder, model] = process.argv.slice(2);
if (!folder) throw new Error('usage: check-abstention FOLDER [MODEL]');
const scorer = await tldrScorer(model);
const files = readdirSync(folder).filter((file) => /\.(jpe?g|png|webp)$/i.test(file));
const scored = await scorer.scoreBatch!(files.map((file) => ({ images: [join(folder, file)], response: 'A dog.' })));
const abstained = scored.filter((one) => !(one instanceof Error) && one.abstained !== undefined).length;
const failed = scored.filter((one) => one instanceof Error).length;
console.log(
  `${folder}: abstained on ${abstained} of ${files.length} (${((100 * abstained) / files.length).toFixed(0)} %)${failed ? `, ${failed} could not be read` : ''}`,
);
await scorer.close?.();

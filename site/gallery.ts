/**
 * Prints gallery.md: corrections of drawn scenes with their heat-maps, good and bad, as `eval harm` draws and judges them.
 *   npx tsx site/gallery.ts 60 > gallery.md
 * Nothing is picked by hand: of each outcome the first ones in the order of the scenes, and every true answer that was spoiled.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itemHtml } from '../cli/report-html.js';
import { sceneHarmItems } from '../eval/harm/items.js';
import { type HarmOutcome, outcomeOf } from '../eval/harm/measure.js';
import { trainingStyles } from '../scenes/scene.js';
import { correct, localRewriter, tldrScorer } from '../src/index.js';

const scenes = Number(process.argv[2] ?? 60);
const seed = 7_000_000; // where `eval harm` begins

const kinds: [outcome: HarmOutcome, title: string, shown: number][] = [
  ['changed', 'True answers that were made wrong', Number.POSITIVE_INFINITY],
  ['wrong', 'Errors that became another wrong text', 6],
  ['left', 'Errors that were left', 4],
  ['removed', 'Errors that went, with their sentence', 3],
  ['exact', 'Errors put exactly right', 6],
  ['kept', 'True answers that were left alone', 3],
];

const folder = mkdtempSync(join(tmpdir(), 'gallery-'));
const scorer = await tldrScorer();
const rewriter = localRewriter();
const found = new Map<HarmOutcome, string[]>(kinds.map(([outcome]) => [outcome, []]));
const counts = new Map<HarmOutcome, number>();
try {
  for await (const item of sceneHarmItems({ count: scenes, seed, styles: trainingStyles })) {
    if (item.family !== 'plain') continue;
    const result = await correct({ images: [item.image], response: item.response }, { scorer, rewriter });
    const outcome = outcomeOf(item, result.response);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const shown = kinds.find(([kind]) => kind === outcome)?.[2] ?? 0;
    const articles = found.get(outcome);
    if (!articles || articles.length >= shown) continue;
    const image = join(folder, `${item.id}.png`);
    writeFileSync(image, item.image as Uint8Array);
    articles.push(await itemHtml({ id: item.id, image, response: item.response }, result));
  }
} finally {
  await scorer.close?.();
  rmSync(folder, { recursive: true });
}

const of = (...outcomes: HarmOutcome[]) => outcomes.reduce((sum, outcome) => sum + (counts.get(outcome) ?? 0), 0);
const trueOnes = of('changed', 'kept');
const wrongOnes = of('exact', 'removed', 'wrong', 'left');
const section = ([outcome, title]: (typeof kinds)[number]) =>
  `## ${title}\n\n${of(outcome)} of ${outcome === 'changed' || outcome === 'kept' ? trueOnes : wrongOnes}, ${found.get(outcome)!.length} of them here.\n\n<div v-pre class="gallery">\n${found
    .get(outcome)!
    .join('')
    .replace(/\n\s*\n/g, '\n')}\n</div>\n`;

console.log(`# Gallery

What the embedded model and the \`local\` rewriter did to ${trueOnes} true answers about ${scenes} drawn scenes, and to ${wrongOnes} with one
planted error: worst first. Words are shaded by their reward, the redder, the less the picture supports them; boxes are what the
scorer saw. Made by \`npx tsx site/gallery.ts ${scenes}\`: nothing is picked by hand. How often each happens, with intervals and in
other dress: [harm](docs/harm.md).

${kinds.map(section).join('\n')}`);

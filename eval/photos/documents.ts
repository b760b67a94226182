import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { ocrLooker, ocrScorerOf } from '../../src/scorer/evidence/ocr/ocr-scorer.js';
import type { TextLine } from '../../src/scorer/evidence/ocr/text-line.js';
import { flagSpans } from '../../src/text/spans.js';

/*
 * Documents of any making with answers whose truth is known, corrected by ocr + local, as a table:
 *   npx tsx eval/photos/documents.ts FOLDER [--lines FILE] [--show]
 * The folder has items.jsonl (id, image, prompt?, response) and truth.jsonl (id, right: the right answer, wrong, kind);
 * --lines keeps what was read, --show prints what went wrong.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: 'string' }, show: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (!folder) throw new Error('give the folder with items.jsonl and truth.jsonl');

const threshold = 0.5;
const linesOf = <Row>(file: string): Row[] =>
  readFileSync(path.join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Row);
const items = linesOf<{ id: string; image: string; prompt?: string; response: string }>('items.jsonl');
const truths = new Map(
  linesOf<{ id: string; right: string; wrong: boolean; kind: string }>('truth.jsonl').map((truth) => [truth.id, truth]),
);

const read = await readAll();
const rows = new Map<string, { n: number; flagged: number; exact: number; otherwise: number }>();
const count = (name: string, outcome: { flagged: boolean; exact: boolean; otherwise: boolean }) => {
  const row = rows.get(name) ?? { n: 0, flagged: 0, exact: 0, otherwise: 0 };
  row.n++;
  for (const key of ['flagged', 'exact', 'otherwise'] as const) row[key] += Number(outcome[key]);
  rows.set(name, row);
};
for (const { id, image, prompt, response } of items) {
  const truth = truths.get(id);
  if (!truth) throw new Error(`truth.jsonl has no line of ${id}`);
  const scorer = ocrScorerOf({ look: async () => read.get(image)!, close: async () => {} });
  const request = { images: [new Uint8Array([0])], response, ...(prompt === undefined ? {} : { prompt }) };
  const { tokens } = await scorer.score(request);
  const flagged = flagSpans(response, tokens, threshold).map(({ text }) => text);
  const result = await correct(request, { scorer, rewriter: localRewriter(), threshold });
  const exact = result.response === truth.right;
  const outcome = { flagged: flagged.length > 0, exact, otherwise: !exact && result.response !== response };
  if (values.show && (truth.wrong ? !exact : outcome.flagged || outcome.otherwise))
    console.error(`${id} [${truth.kind}] flagged ${JSON.stringify(flagged)}\n   ${response}\n-> ${result.response}`);
  count(truth.wrong ? 'wrong answers' : 'right answers', outcome);
  count(`${truth.wrong ? 'wrong' : 'right'}: ${truth.kind}`, outcome);
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} % (${part})`;
console.log('| answers | n | flagged | exactly right afterwards | changed into another text |');
console.log('|---|---|---|---|---|');
for (const [name, { n, flagged, exact, otherwise }] of [...rows].sort(([a], [b]) => a.localeCompare(b)))
  console.log(`| ${name} | ${n} | ${percent(flagged, n)} | ${percent(exact, n)} | ${percent(otherwise, n)} |`);

async function readAll(): Promise<Map<string, TextLine[]>> {
  if (values.lines && existsSync(values.lines))
    return new Map(Object.entries(JSON.parse(readFileSync(values.lines, 'utf8')) as Record<string, TextLine[]>));
  const reader = ocrLooker();
  try {
    const found = new Map<string, TextLine[]>();
    for (const { image } of items)
      if (!found.has(image)) found.set(image, await reader.look(path.join(folder!, image)));
    if (values.lines) writeFileSync(values.lines, JSON.stringify(Object.fromEntries(found)));
    return found;
  } finally {
    await reader.close();
  }
}

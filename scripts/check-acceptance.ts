// Usage: npx tsx scripts/check-acceptance.ts FOLDER CORRECTED.jsonl: how many wrong captions came out right, how many right ones were touched
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Truth {
  id: string;
  truth: string;
  error: string | null;
}
interface Corrected {
  id: string;
  original: string;
  response: string;
  status: string;
}

const [folder, corrected] = process.argv.slice(2);
if (!folder || !corrected) throw new Error('usage: check-acceptance FOLDER CORRECTED.jsonl');
const read = <T>(path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
const results = new Map(read<Corrected>(corrected).map((line) => [line.id, line]));
const tally = new Map<string, { all: number; right: number; untouched: number }>();
for (const { id, truth, error } of read<Truth>(join(folder, 'truth.jsonl'))) {
  const result = results.get(id);
  if (!result) throw new Error(`no result for ${id}`);
  const row = tally.get(error ?? 'none') ?? { all: 0, right: 0, untouched: 0 };
  row.all++;
  if (result.response === truth) row.right++;
  if (result.response === result.original) row.untouched++;
  tally.set(error ?? 'none', row);
  if (process.env.SHOW && result.response !== truth)
    console.log(
      `${id} ${error ?? 'right'} ${result.status}\n  was    ${result.original}\n  is     ${result.response}\n  should ${truth}`,
    );
}
const wrong = [...tally].filter(([error]) => error !== 'none').map(([, row]) => row);
const sum = (key: 'all' | 'right' | 'untouched') => wrong.reduce((total, row) => total + row[key], 0);
const percent = (part: number, all: number) => `${part} of ${all} (${((100 * part) / all).toFixed(0)} %)`;
for (const [error, row] of tally)
  if (error !== 'none')
    console.log(`${error}: exactly right ${percent(row.right, row.all)}, untouched ${row.untouched}`);
const right = tally.get('none');
console.log(`wrong captions exactly right: ${percent(sum('right'), sum('all'))}`);
if (right) console.log(`right captions touched: ${percent(right.all - right.untouched, right.all)}`);

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FormatName, formats } from '../../../annotate/formats/formats.js';
import type { AnnotationItem } from '../../../annotate/item.js';
import { toRecord } from '../../../annotate/records.js';
import type { Mark, Work } from '../../../annotate/work.js';
import { halloc } from '../../../eval/benchmarks/halloc.js';
import { mhalDetect } from '../../../eval/benchmarks/mhal-detect.js';
import { readLabelledAnswers } from '../../../eval/tldr/labelled-file.js';

/** The readers that these forms are for, on what is written here: they know nothing of this tool. */

const response = 'A 😀 red car. Two dogs 👨‍👩‍👧 sit.';
const item: AnnotationItem = { id: 'one', image: 'a.png', prompt: 'What is there?', response };
const mark = (text: string, more: Partial<Mark> = {}): Mark => {
  const start = response.indexOf(text);
  return { start, end: start + text.length, text, decision: 'wrong', source: 'person', ...more };
};
const record = (id: string, work: Partial<Work>) => {
  const own = { ...item, id };
  const whole: Work = { marks: [], verdict: null, status: 'done', ...work };
  return { item: own, records: [toRecord(own, whole, { annotator: 'ann', role: 'annotate', shown: 'flags' })] };
};
const all = [
  record('wrong', { marks: [mark('red', { type: 'attribute' }), mark('👨‍👩‍👧', { type: 'object' })], verdict: 'bad' }),
  record('clean', { verdict: 'good' }),
  record('right flag', { marks: [mark('Two', { decision: 'right' })], verdict: 'good' }),
  record('skipped', { status: 'skipped', skipReason: 'x' }),
  record('only bad', { verdict: 'bad' }),
];

async function fileOf(name: FormatName, items = all): Promise<string> {
  let text = '';
  for await (const part of formats[name].write(
    (async function* () {
      yield* items;
    })(),
  ))
    text += part;
  const path = join(mkdtempSync(join(tmpdir(), 'vlm-detective-formats-')), 'file.json');
  writeFileSync(path, text);
  return path;
}

const wrong = [
  { start: 5, end: 8 },
  { start: response.indexOf('👨'), end: response.indexOf(' sit') },
];

describe('what is exported', () => {
  test('as JSONL is what training/tests read', async () => {
    const known = all.filter(({ records }) => records[0]!.labels !== undefined);
    const fixture = new URL('../../fixtures/annotate-export.jsonl', import.meta.url);
    expect(readFileSync(await fileOf('jsonl', known), 'utf8')).toBe(readFileSync(fixture, 'utf8'));
  });

  test('as JSONL is read by eval tldr, once the answers of which not every word is known are left out', async () => {
    const known = all.filter(({ records }) => records[0]!.labels !== undefined);
    expect(known.map(({ item: { id } }) => id)).toEqual(['wrong', 'clean', 'right flag']);
    const answers = await readLabelledAnswers(await fileOf('jsonl', known));
    expect(
      answers.map(({ id, claims }) => [
        id,
        claims.filter(({ good }) => !good).map(({ start, end }) => ({ start, end })),
      ]),
    ).toEqual([
      ['wrong', wrong],
      ['clean', []],
      ['right flag', []],
    ]);
  });

  test('as HalLoc is read by its benchmark, with types and places', async () => {
    const { items } = await halloc.load(await fileOf('halloc'));
    expect(items.map(({ id, spans }) => [id, spans])).toEqual([
      [
        'wrong',
        [
          { ...wrong[1], type: 'object' },
          { ...wrong[0], type: 'attribute' },
        ],
      ],
      ['clean', []],
      ['right flag', []],
    ]);
  });

  test('as M-HalDetect is read by its benchmark, each segment where its text is', async () => {
    const { items } = await mhalDetect.load(await fileOf('mhal-detect'));
    expect(items).toHaveLength(3);
    expect(items[0]!.segments.filter(({ label }) => label === 'INACCURATE')).toEqual(
      wrong.map((range) => ({ ...range, label: 'INACCURATE' })),
    );
  });

  test('as DPO pairs is only what is right afterwards', async () => {
    const { readFileSync } = await import('node:fs');
    const mended = record('mended', { marks: [mark('red', { replacement: 'blue' })], verdict: 'bad' });
    const half = record('half', { marks: [mark('red', { replacement: 'blue' }), mark('Two')], verdict: 'bad' });
    const lines = readFileSync(await fileOf('dpo', [...all, mended, half]), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        id: 'mended',
        prompt: 'What is there?',
        chosen: response.replace('red', 'blue'),
        rejected: response,
        images: ['a.png'],
        annotator: 'ann',
      },
    ]);
  });
});

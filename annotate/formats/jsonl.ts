import { DetectiveError } from '../../src/base/errors.js';
import { asLines, byItem, type Format, itemOf, jsonLines, parseAs } from './format.js';
import { recordSchema } from './record.js';

/** One JSON line a record. */
export const jsonl: Format = {
  about: 'our own, lossless: labels for training, calibrate and eval tldr',
  write: (items) =>
    asLines(
      (async function* () {
        for await (const { records } of items) yield* records;
      })(),
    ),
  read: (text, name) =>
    byItem(
      jsonLines(text, name).map(({ value, name: place }) => {
        const record = parseAs(recordSchema, value, place);
        for (const { start, end, text: words } of [...record.spans, ...record.flags])
          if (record.response.slice(start, end) !== words)
            throw new DetectiveError(
              'bad-input',
              `${place}: at ${start}..${end} does not stand ${JSON.stringify(words.slice(0, 60))}; offsets are UTF-16, the end left out`,
            );
        return { item: itemOf(record), record };
      }),
    ),
};

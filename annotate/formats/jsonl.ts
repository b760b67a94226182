import type { Format } from './format.js';

/** One JSON line a record. */
export const jsonl: Format = {
  about: 'our own, lossless: labels for training, calibrate and eval tldr',
  async *write(items) {
    for await (const { records } of items) for (const record of records) yield `${JSON.stringify(record)}\n`;
  },
};

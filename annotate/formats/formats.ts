import type { Format } from './format.js';
import { jsonl } from './jsonl.js';

export const formatNames = ['jsonl'] as const;
export type FormatName = (typeof formatNames)[number];

/** Every format there is; a new one is a file and a line here. */
export const formats: Readonly<Record<FormatName, Format>> = { jsonl };

import { argilla } from './argilla.js';
import { csv } from './csv.js';
import { doccano } from './doccano.js';
import { dpo } from './dpo.js';
import type { Format } from './format.js';
import { halloc } from './halloc.js';
import { jsonl } from './jsonl.js';
import { labelStudio } from './label-studio.js';
import { mhalDetect } from './mhal-detect.js';
import { prodigy } from './prodigy.js';

/** Every format there is; a new one is a file and a line here. */
export const formats = {
  jsonl,
  dpo,
  'label-studio': labelStudio,
  argilla,
  prodigy,
  doccano,
  halloc,
  'mhal-detect': mhalDetect,
  csv,
} satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];
/** Those that can be read. */
export const readable = formatNames.filter((name) => 'read' in formats[name]);

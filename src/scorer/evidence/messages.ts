import type { FailedReply } from '../thread/serve-requests.js';
import type { Detection } from './objects/yolox.js';
import type { TextLine } from './ocr/text-line.js';

/** What an evidence worker looks for, and with which files. */
export type EvidenceSetup =
  | { kind: 'objects'; model: string; threads: number }
  | { kind: 'ocr'; detection: string; recognition: string; dictionary: string; threads: number };

/** `pixels` is RGB, 8 bit, row by row; its memory goes to the worker. */
export interface LookRequest {
  id: number;
  type: 'look';
  pixels: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  /** What else is looked for, where the detector takes words. */
  names?: readonly string[];
}

export type LookReply<Found> = { id: number; found: Found[] } | FailedReply;
export type AnyReply = LookReply<Detection> | LookReply<TextLine>;

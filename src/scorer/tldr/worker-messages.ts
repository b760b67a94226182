import type { NativeCalls } from '../thread/native-calls.js';
import type { FailedReply } from '../thread/serve-requests.js';

/** What the worker is started with. */
export interface WorkerSetup {
  imageEncoder: string;
  rewardDecoder: string;
  threads: number;
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

export interface WorkerData extends WorkerSetup {
  calls: NativeCalls;
}

/** The features of one image, row-major [rows, width]. A thread gives them in shared memory, so that any other can read them. */
export interface ImageFeatures {
  data: Float32Array;
  rows: number;
  width: number;
}

export interface DecodeItem {
  features: ImageFeatures;
  ids: number[];
  /** How many of them, from the first on, are read in both directions. */
  prefix: number;
}

/** `pixels` is RGB, 8 bit, row by row, `size` its width and height; its memory goes to the worker. `close` is not answered: the worker ends. */
export type WorkerRequest =
  | { id: number; type: 'encode'; pixels: Uint8Array<ArrayBuffer>; size: [number, number] }
  | { id: number; type: 'decode'; items: DecodeItem[] }
  | { id: number; type: 'close' };

/** `logits` has one array for each item. */
export type WorkerReply =
  | { id: number; features: ImageFeatures }
  | { id: number; logits: Float32Array<ArrayBuffer>[] }
  | FailedReply;

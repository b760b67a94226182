import type { NativeCalls } from './native-calls.js';

/** What the worker is started with. */
export interface WorkerSetup {
  imageEncoder: string;
  rewardDecoder: string;
  threads: number;
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
  /** Image features kept at most, in bytes. The newest are always kept. */
  cacheBytes: number;
}

export interface WorkerData extends WorkerSetup {
  calls: NativeCalls;
}

export interface DecodeItem {
  /** Of the image whose features are to be used. */
  key: string;
  ids: number[];
}

/** `pixels` is RGB, 8 bit, row by row, `size` its width and height; its memory goes to the worker. `close` is not answered: the worker ends. */
export type WorkerRequest =
  | { id: number; type: 'encode'; key: string; pixels: Uint8Array<ArrayBuffer>; size: [number, number] }
  | { id: number; type: 'decode'; items: DecodeItem[] }
  | { id: number; type: 'close' };

/** The features of one image, row-major [rows, width]. */
export interface ImageFeatures {
  data: Float32Array;
  rows: number;
  width: number;
}

/** `logits` has one array for each item, or `missing` names images whose features are no longer kept. */
export type WorkerReply =
  | { id: number; features: ImageFeatures }
  | { id: number; logits: Float32Array[] }
  | { id: number; missing: string[] }
  | { id: number; error: string; code: 'bad-model' | 'scorer-failed' };

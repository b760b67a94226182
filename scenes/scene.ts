import type { Colour } from '../src/text/lexicon/colours.js';
import type { Range } from '../src/text/range.js';
import type { NounSet } from './common-nouns.js';

export const trainingStyles = ['noto', 'fluent-emoji-flat', 'twemoji'] as const;
/** Never trained on. */
export const heldOutStyle = 'openmoji';
/** More styles to learn from, so that an unseen one is less of a surprise; they lack some of the nouns. */
export const extraStyles = ['fluent-emoji', 'noto-v1', 'emojione', 'fxemoji'] as const;
export type Style = (typeof trainingStyles)[number] | (typeof extraStyles)[number] | typeof heldOutStyle;

/** What is done to an icon before it is drawn, in training only: black outlines, few flat colours, or both. */
export const finishes = ['outlined', 'bold', 'flat', 'flat-outlined', 'sketch'] as const;
export type Finish = (typeof finishes)[number];

/** One drawn object. Places and sizes are fractions of the picture's width (x, w) and height (y, h); x, y is the centre. */
export interface SceneObject {
  id: number;
  group: number;
  x: number;
  y: number;
  w: number;
  h: number;
  /** Degrees, clockwise. */
  rotation: number;
  flip: boolean;
}

/** One to five objects of one kind that look alike and stand together. */
export interface SceneGroup {
  id: number;
  /** A noun of `src/text/lexicon/nouns.ts`, in the singular. */
  noun: string;
  /** The icon's name in its set. */
  icon: string;
  style: Style;
  finish?: Finish;
  count: number;
  /** The named colour that it is tinted with. */
  tint: Colour | null;
  /** The colour that one would call it by: the tint, or the one colour that covers most of an untinted icon. */
  colour: Colour | null;
  /** `small`: at most 0.18 of the picture's width; `large`: at least 0.24; `null`: between, never called by a size. */
  size: 'small' | 'large' | null;
  objects: SceneObject[];
}

export interface SceneSign {
  /** Its object id: after those of all groups. */
  id: number;
  text: string;
  /** The board's colour. */
  colour: Colour;
  /** Left, top, right, bottom, as fractions. */
  box: [number, number, number, number];
}

export interface Ground {
  kind: 'plain' | 'graded' | 'patterned';
  colour: Colour;
}

/** Everything that is to be seen in a picture: the truth that captions are written from. */
export interface Scene {
  id: string;
  seed: number;
  width: number;
  height: number;
  ground: Ground;
  groups: SceneGroup[];
  sign: SceneSign | null;
  /** Its things, and those that its captions make up, are of this set only. Absent: of all nouns. */
  nouns?: NounSet;
}

/** What a word of a caption claims. `quote` is printed text, `existence` a negation. */
export type ClaimKind =
  | 'object'
  | 'count'
  | 'colour'
  | 'size'
  | 'relation'
  | 'position'
  | 'ground'
  | 'quote'
  | 'existence';

/** A word (or run of words) of a caption that can be right or wrong, and the groups that it is about. */
export interface Claim {
  start: number;
  end: number;
  kind: ClaimKind;
  good: boolean;
  /** Ids of the groups that it is about: for a relation, the subject. Empty: nothing in the picture. */
  subject: number[];
  /** For a relation, the groups on its other side. */
  object?: number[];
}

/** TLDR's eight perturbation types. */
export type PerturbationType =
  | 'spatial'
  | 'attribute'
  | 'binding'
  | 'object'
  | 'counting'
  | 'small-object'
  | 'ocr'
  | 'counterfactual';

/** A sentence or more about a scene. Without `perturbation` it is true and every claim is good. Offsets are UTF-16. */
export interface Caption {
  text: string;
  /** The question that it answers. */
  prompt?: string;
  perturbation?: PerturbationType;
  /** The true caption that this is the perturbed twin of. */
  original?: string;
  claims: Claim[];
  /** Runs that say nothing of the picture, whatever words stand in them. */
  silent?: Range[];
  /** Name of the sentence shape or shapes, for splits held out by shape. */
  shapes: string[];
}

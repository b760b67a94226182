import type { Size } from '../../../image/decode.js';
import type { TokenReward } from '../../../text/token-reward.js';
import type { Evidence } from '../../scorer.js';
import type { ImageFeatures } from '../worker-messages.js';

/** What can be read off a model's image features, beyond handing them to its decoder. */
export interface Family {
  /** What the model saw, for the report and for rewriters. */
  evidence(features: ImageFeatures): Evidence[];
  /** Why this picture is none that the model can judge, or null. */
  abstention(features: ImageFeatures): string | null;
  /** A second reader of answers, of what the features say by themselves: the rewards of a text's tokens with its own opinion. */
  witness?(features: ImageFeatures): Witness | null;
  /** The sides that a picture is given to the encoder with. Default: those of tldr.json. */
  imageSize?(picture: { width: number; height: number }): Size;
  /** What an answer's tokens are judged in. Default: bos, prompt, sep, answer, eos. `rows`: of the picture's features. */
  sequence?(rows: number, prompt: readonly number[], answer: readonly number[]): Sequence;
  /** Taken for the prompt of a request that has none. */
  defaultPrompt?: string;
}

/** Tokens of a text with their rewards, weighed anew. */
export type Witness = (text: string, tokens: readonly TokenReward[]) => TokenReward[];

export interface Sequence {
  ids: number[];
  /** Where the answer begins. */
  begin: number;
  /** How many ids from the first on are read in both directions. Default: none. */
  prefix?: number;
}

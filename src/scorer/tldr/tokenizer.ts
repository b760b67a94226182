import { setImmediate as breathe } from 'node:timers/promises';
import { errorMessage } from '../../base/errors.js';
import type { Range } from '../../text/range.js';
import { alignPieces, alignTokens } from './align.js';
import { orComposed } from './compose.js';
import { badModel } from './model-folder.js';

/** The tokens of a text: their ids, and where each stands in the text as UTF-16 offsets. */
export interface TokenizedText {
  ids: number[];
  ranges: Range[];
}

export type Tokenize = (text: string) => Promise<TokenizedText>;

/** What of a model folder a tokenizer is made from. */
export interface TokenizerSource {
  folder: string;
  tokenizer: object;
  manifest: { text: { lowercase: boolean } };
}

/** A text is tokenized in pieces of about this many characters, so that the thread is never held for long. */
const pieceLength = 2000;
/** A run without a space is cut here, whatever it is. */
const longestPiece = 2 * pieceLength;
const probe = 'A red  dog, "3.5 café"\n👩‍🚀 \ud800 <sep>.';

/**
 * The tokenizer of a model folder.
 *
 * @throws DetectiveError `bad-model` where tokenizer.json is not a BPE over bytes, or one that falls back to them, that keeps every byte of a
 * text or of its normal form C.
 */
export async function openTokenizer({ folder, manifest, tokenizer }: TokenizerSource): Promise<Tokenize> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const encode = (() => {
    try {
      // without added tokens, so that an answer that spells a token like <sep> cannot put it into the sequence
      const loaded = new Tokenizer({ ...tokenizer, added_tokens: [] }, {});
      return (text: string): { ids: number[]; tokens: string[] } => loaded.encode(text, { add_special_tokens: false });
    } catch (cause) {
      throw badModel(
        folder,
        'tokenizer.json',
        `cannot be loaded (${errorMessage(cause)}): export the model again`,
        cause,
      );
    }
  })();

  const { byte_fallback: hasPieces } = (tokenizer as { model?: { byte_fallback?: boolean } }).model ?? {};
  const align = orComposed(hasPieces ? alignPieces : alignTokens);

  function tokenizePiece(text: string): TokenizedText {
    // only ASCII letters, so that offsets never move
    const lowered = manifest.text.lowercase ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
    const { ids, tokens } = encode(lowered);
    const ranges = ids.every((id) => Number.isInteger(id)) ? align(lowered, tokens) : null;
    if (!ranges)
      throw badModel(
        folder,
        'tokenizer.json',
        'does not keep every byte of a text: a BPE over bytes is needed, or one that falls back to bytes',
      );
    return { ids, ranges };
  }

  tokenizePiece(probe);
  return async (text) => {
    const ids: number[] = [];
    const ranges: Range[] = [];
    for (const { start, end } of cutPieces(text)) {
      if (start > 0) await breathe();
      const piece = tokenizePiece(text.slice(start, end));
      for (const id of piece.ids) ids.push(id);
      for (const range of piece.ranges) ranges.push({ start: start + range.start, end: start + range.end });
    }
    return { ids, ranges };
  };
}

/**
 * Pieces of a text that can be tokenized one by one. No tokenizer here joins a letter to the single space after
 * it, so a cut before such a space changes no token; only a run of thousands of characters without one is cut blindly.
 */
export function cutPieces(text: string): Range[] {
  const pieces: Range[] = [];
  const space = /(?<=\S)(?= \S)/g;
  for (let start = 0; start < text.length; ) {
    space.lastIndex = start + pieceLength;
    let end = text.length;
    if (end - start > pieceLength) {
      const limit = Math.min(text.length, start + longestPiece);
      end = space.exec(text.slice(0, limit + 2))?.index ?? limit;
      // between the two halves of a surrogate pair is no place to cut
      if (end < text.length && /[\udc00-\udfff]/.test(text[end]!) && /[\ud800-\udbff]/.test(text[end - 1]!)) end--;
    }
    pieces.push({ start, end });
    start = end;
  }
  return pieces;
}

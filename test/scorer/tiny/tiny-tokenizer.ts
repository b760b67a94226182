/** A byte-level BPE like the trained ones: the 256 bytes, four marks, and merges for a few words. */

export const marks = { pad: 0, bos: 1, sep: 2, eos: 3 } as const;
export const words = ['green', 'blue', 'red'] as const;

/** The printable character that byte-level BPE writes for each byte. */
export const byteCharacters: readonly string[] = (() => {
  let extra = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(printable ? byte : extra++);
  });
})();

const space = byteCharacters[32]!;
const merges: [string, string][] = words.flatMap((word) => [
  ...[...word.slice(1)].map((letter, index): [string, string] => [word.slice(0, index + 1), letter]),
  [space, word],
]);

export const vocabulary: Readonly<Record<string, number>> = Object.fromEntries(
  ['<pad>', '<bos>', '<sep>', '<eos>', ...byteCharacters, ...merges.map((pair) => pair.join(''))].map((token, id) => [
    token,
    id,
  ]),
);

/** The ids of a word with and without the space before it. */
export const idsOf = (word: string): number[] => [vocabulary[word]!, vocabulary[space + word]!];

export const tinyTokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: vocabulary,
    merges,
  },
};

const functionWords = new Set(
  'the is are of and in on for with was has it to at from this says shows reads by'.split(' '),
);
const foreignWords = new Set(
  'der die das und ist ein eine kostet auf dem den von bis le la les est un une du des et il dans sur pour el los las es una del en y por cuesta al con che di per sono het een van'.split(
    ' ',
  ),
);
const otherScripts =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Cyrillic}|\p{Script=Arabic}/u;

/** Whether a text is English, by its function words outside of quotations; what is too short to tell counts as English. */
export function isEnglish(text: string): boolean {
  const outside = text.slice(0, 4000).replace(/["“„«][^"“”„«»\n]{1,120}["”“»]/g, ' ');
  const words = outside.toLowerCase().match(/\p{L}+/gu) ?? [];
  const share = (set: ReadonlySet<string>) => words.filter((word) => set.has(word)).length;
  return !otherScripts.test(outside) && share(functionWords) >= share(foreignWords);
}

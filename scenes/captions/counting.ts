import type { Mention } from './fact.js';
import type { ClaimPiece, Piece } from './pieces.js';
import type { Wording } from './wording.js';

const countWords =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

export const countWord = (count: number): string => countWords[count] ?? String(count);

export function article(word: string): 'a' | 'an' {
  if (/^(?:hour|honest)/i.test(word)) return 'an';
  return /^[aeiou]/i.test(word) && !/^(?:uni|one|use|eu|uku)/i.test(word) ? 'an' : 'a';
}

const styles = [
  ...Array.from({ length: 12 }, () => 'word' as const),
  'digit',
  'digit',
  'digit',
  'exact',
  'special',
  'special',
  'special',
  'special',
  'vague',
  'vague',
] as const;

const exactly = ['exactly', 'just', 'only', 'a total of', 'exactly'];
const vagueWords: readonly (readonly [string, string])[] = [
  ['several', ''],
  ['several', ''],
  ['a few', ''],
  ['a few', ''],
  ['multiple', ''],
  ['some', ''],
  ['a group', ' of'],
  ['a bunch', ' of'],
  ['a number', ' of'],
];

/** The words that say how many, as runs to be joined by spaces; `next` is the word that follows, for a or an. */
export function counting(mention: Mention, next: string, wording: Wording, key: string, bare: boolean): Piece[][] {
  const { is: count, good, was } = mention.count;
  const claim = (text: string): ClaimPiece => ({ text, kind: 'count', good, subject: mention.groups });
  const style = wording.pick(`${key}.count`, styles);
  if (style === 'digit') return [[claim(String(count))]];
  if (style === 'exact') {
    const how = wording.pick(`${key}.exact`, exactly);
    return count === 1 && how === 'a total of' ? [[claim('one')]] : [[how], [claim(countWord(count))]];
  }
  if (count === 1) {
    if (style === 'special') {
      const single: Piece[] = ['a ', claim('single')];
      const alone = wording.pick(`${key}.lone`, ['lone', 'solitary', 'lone']);
      return wording.pick<Piece[][]>(`${key}.one`, [
        [[claim('one')]],
        [single],
        [[claim('one')]],
        [['a ', claim(alone)]],
      ]);
    }
    return bare && good && was === undefined && wording.chance(`${key}.headline`, 0.2) ? [] : [[claim(article(next))]];
  }
  if (style === 'special') {
    if (count === 2)
      return [
        wording.pick<Piece[]>(`${key}.two`, [[claim('a pair'), ' of'], [claim('a couple'), ' of'], [claim('two')]]),
      ];
    if (count === 3 && wording.chance(`${key}.trio`, 0.15)) return [[claim('a trio'), ' of']];
  }
  // A vague number is true of three to five; of one or two it is false.
  const vague = style === 'vague' || (!good && wording.chance(`${key}.turnsVague`, 0.1));
  if (vague && (good ? count >= 3 && count <= 5 : was !== undefined && was <= 2 && count >= 3)) {
    const [word, of] = wording.pick(`${key}.vague`, vagueWords);
    if (word !== 'some' || good || was === 1) return [[claim(word), of]];
  }
  return [[claim(countWord(count))]];
}

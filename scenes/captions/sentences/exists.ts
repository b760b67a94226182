import { countWord } from '../counting.js';
import type { Fact, Mention } from '../fact.js';
import { isCountedByUnit, joinList, nounPhrase } from '../noun-phrase.js';
import type { Wording } from '../wording.js';
import { laterOpenings, openings, somewhere } from './openings.js';
import { claimOf, type Sentence, said } from './sentence.js';

/** "There are two dogs and a cat", "Two dogs.", "Two dogs can be seen", "The number of dogs is two". */
export function existsSentence(
  { mentions }: Extract<Fact, { kind: 'exists' }>,
  wording: Wording,
  key: string,
): Sentence {
  const first = mentions[0]!;
  const single = mentions.length === 1;
  const form = wording.pick(`${key}.form`, forms);
  const list = (bare: boolean) =>
    joinList(
      mentions.map((mention, index) =>
        nounPhrase(mention, wording, `${key}.m${index}`, { bare, one: saysOne(mentions, index, wording, key) }),
      ),
      wording,
      key,
    );
  if (form === 'bare') return said(`bare-${mentions.length}`, list(true), true);
  const plural = !single || first.count.is !== 1;
  if (form === 'passive') {
    const [one, many] = wording.pick(`${key}.verb`, passives);
    return said(
      `exists-passive-${mentions.length}-${many}`,
      [...list(false), plural ? many : one, wording.pick(`${key}.where`, somewhere)],
      false,
    );
  }
  if (form === 'shown') {
    const [one, many] = wording.pick(`${key}.shown`, fronted);
    return said(`exists-fronted-${many}`, [plural ? many : one, ' ', ...list(false)]);
  }
  if (form === 'number' && single && !first.size && !isCountedByUnit(first.noun.is)) {
    const total = claimOf('count', numberFor(first, wording, key), first.count, first.groups);
    const named = nounPhrase({ ...first, count: { is: 2, good: true }, as: 'definite' }, wording, `${key}.m0`).slice(2);
    return said('exists-number-of', [
      'the number of ',
      ...named,
      wording.pick(`${key}.where`, somewhere),
      ' is ',
      total,
    ]);
  }
  const opening = wording.pick(`${key}.opening`, key === 's0' || key === 'q' ? openings : laterOpenings);
  const where = opening.where ? wording.pick(`${key}.where`, somewhere) : '';
  const singular = mentions[0]!.count.is === 1;
  return said(
    `${opening.name}-${mentions.length}${where}`,
    [singular ? opening.one : opening.many, ...list(false), where],
    opening.whole,
  );
}

const forms = [
  ...Array.from({ length: 12 }, () => 'opening' as const),
  'bare',
  'bare',
  'bare',
  'passive',
  'passive',
  'shown',
  'number',
] as const;

const passives: readonly (readonly [string, string])[] = [
  [' can be seen', ' can be seen'],
  [' appears', ' appear'],
  [' is visible', ' are visible'],
  [' is shown', ' are shown'],
  [' is present', ' are present'],
  [' is depicted', ' are depicted'],
  [' is displayed', ' are displayed'],
  [' is pictured', ' are pictured'],
  [' is drawn', ' are drawn'],
  [' can be found', ' can be found'],
  [' is in view', ' are in view'],
];

const fronted: readonly (readonly [string, string])[] = [
  ['visible here is', 'visible here are'],
  ['in view is', 'in view are'],
  ['among the things shown is', 'among the things shown are'],
  ['on display is', 'on display are'],
  ['on show is', 'on show are'],
];

function numberFor(mention: Mention, wording: Wording, key: string): string {
  return wording.chance(`${key}.digit`, 0.5) ? String(mention.count.is) : countWord(mention.count.is);
}

/** "A red car and a blue one": the noun is not said again. */
function saysOne(mentions: readonly Mention[], index: number, wording: Wording, key: string): boolean {
  const [before, now] = [mentions[index - 1], mentions[index]!];
  if (!before?.colour || !now.colour || before.groups.length > 1 || isCountedByUnit(now.noun.is)) return false;
  return (
    before.noun.is === now.noun.is && before.noun.good && now.noun.good && wording.chance(`${key}.ones${index}`, 0.5)
  );
}

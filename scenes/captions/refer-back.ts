import { pick } from '../random.js';
import type { Scene } from '../scene.js';
import { type Fact, type Mention, mentionsOf, withMentions } from './fact.js';

/** Facts in telling order; what was named before is named again by `the …` or a pronoun. */
export function referBack(scene: Scene, facts: readonly Fact[], random: () => number): Fact[] {
  const named = new Set<number>();
  let last: string | null = null;
  let lastAlone = true;
  return facts.map((fact, position): Fact => {
    const mentions = mentionsOf(fact);
    const before = facts[position - 1];
    if (mentions.length === 0) {
      last = null;
      return fact;
    }
    const topic = last;
    const alone = lastAlone;
    lastAlone = mentions.length === 1;
    const again = mentions.map((mention, index): Mention => {
      const known = mention.groups.every((id) => named.has(id));
      for (const id of mention.groups) named.add(id);
      if (!known || fact.kind === 'exists' || fact.kind === 'more') return mention;
      const called = index === 0 && before && !sized.has(fact.kind) && oneOfTwo(scene, before, mention);
      if (called && random() < 0.35) return { ...mention, as: 'pronoun', called: pick(random, called) };
      const pronoun = index === 0 && topic === mention.groups.join() && random() < (alone ? 0.55 : 0.12);
      return { ...mention, as: pronoun ? 'pronoun' : 'definite' };
    });
    last = fact.kind === 'more' || (fact.kind === 'exists' && mentions.length > 1) ? null : mentions[0]!.groups.join();
    return withMentions(fact, again);
  });
}

/** "The larger one is larger" says nothing. */
const sized: ReadonlySet<Fact['kind']> = new Set(['compare', 'extreme', 'size']);

/** What sets a group apart from the other of the two that the fact before named; null where it named no such two. */
function oneOfTwo(scene: Scene, before: Fact, mention: Mention): NonNullable<Mention['called']>[] | null {
  if (before.kind !== 'exists' || before.mentions.length !== 2 || mention.groups.length !== 1) return null;
  const ids = before.mentions.map(({ groups }) => groups.join());
  const place = ids.indexOf(mention.groups.join());
  if (place < 0 || before.mentions.some(({ groups }) => groups.length !== 1)) return null;
  const [mine, other] = [place, 1 - place].map((at) => scene.groups[Number(ids[at])]!.objects[0]!.w);
  const order = place === 0 ? ('former' as const) : ('latter' as const);
  if (mine! > other! * 1.35) return [order, 'larger', 'larger', 'larger'];
  if (other! > mine! * 1.35) return [order, 'smaller', 'smaller', 'smaller'];
  return [order];
}

/**
 * Carries a change in one fact's noun phrases to the other facts: a changed number changes "the dogs" to "the dog", and
 * (in half of the cases, by `throughout`) a wrong noun, colour or size is wrong wherever it is said again.
 */
export function carryChange(facts: readonly Fact[], index: number, changed: Fact, throughout: boolean): Fact[] {
  const before = mentionsOf(facts[index]!);
  const after = mentionsOf(changed);
  return facts.map((fact, position) => {
    if (position === index) return changed;
    let told = mentionsOf(fact);
    before.forEach((old, which) => {
      const now = after[which];
      if (!now || old === now || old.groups.length > 1) return;
      told = told.map((mention) => {
        if (mention.groups.join() !== old.groups.join()) return mention;
        const same: Mention = { ...mention };
        if (now.count.is !== old.count.is && mention.as !== 'full') same.count = { is: now.count.is, good: true };
        if (throughout && now.noun.is !== old.noun.is && mention.as !== 'pronoun') same.noun = now.noun;
        if (throughout && now.colour && now.colour.is !== old.colour?.is && mention.colour) same.colour = now.colour;
        if (throughout && now.size && now.size.is !== old.size?.is && mention.size) same.size = now.size;
        return same;
      });
    });
    return told === mentionsOf(fact) ? fact : withMentions(fact, told);
  });
}

import { type Fact, type Mention, mentionsOf, withMentions } from './fact.js';

/** Facts in telling order; what was named before is named again by `the …` or a pronoun. */
export function referBack(facts: readonly Fact[], random: () => number): Fact[] {
  const named = new Set<number>();
  let last: string | null = null;
  let lastAlone = true;
  return facts.map((fact): Fact => {
    const mentions = mentionsOf(fact);
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
      const pronoun = index === 0 && topic === mention.groups.join() && random() < (alone ? 0.55 : 0.12);
      return { ...mention, as: pronoun ? 'pronoun' : 'definite' };
    });
    last = fact.kind === 'more' || (fact.kind === 'exists' && mentions.length > 1) ? null : mentions[0]!.groups.join();
    return withMentions(fact, again);
  });
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

const determiner = '(?:an?|the|his|her|its|their|our|my|your|this|these|those|some|several|two|three|four|five|six)';
const preposition =
  '(?:of|in|on|at|with|by|near|under|above|below|behind|beside|between|from|to|for|over|into|onto|inside|against|next to|on top of|in front of)';
const verb = '(?:is|are|was|were|has|have|sits?|stands?|lies|lie|can|there)';
const finiteVerb =
  'is|are|was|were|has|have|can|could|looks?|appears?|comes?|sits?|stands?|lies|lie|rests?|hangs?|occup(?:y|ies)|shows?|fills?';
const takesObject =
  "sees?|spots?|notices?|finds?|observes?|counts?|draws?|drew|shows?|contains?|depicts?|displays?|features?|includes?|including|holds?|have|has|presents?|there(?:['’]s|\\s+(?:is|are))|make\\s+out|consists?\\s+of|['’]ve\\s+got|spy|spies";

/** What no English sentence has side by side; each was seen where words had been taken out. */
const brokenJoins = [
  new RegExp(`\\b${determiner}\\s+(?:${preposition}|${verb}|and|or|but|which|that|who|an?|the|each|every)\\b`, 'iu'),
  new RegExp(`\\b${determiner}\\s*(?:[.,;:!?]|[–—-]\\s)`, 'iu'),
  /\b(?:an?|the)\s+(?:sitting|standing|lying|holding|wearing|riding|walking|looking)\s+(?:on|in|at|by|near|next|with|to)\b/iu,
  /\b(?:of|with|between|from|into|onto|against|beside|wearing|holding|carrying|riding)\s*(?:[.,;:!?]|$|(?:and|or|but|is|are|was|were|in|on|at|with|of|near|next)\b)/iu,
  /\bto\s+there\b|\bthere\s+(?:in|on|at|with|and|or|of)\b/iu,
  /\b(?:and|or|but)\s+(?:and|or|but|is|are|was|were|with\s+the|[.,;:!?])/iu,
  /\b(?:is|are|was|were)\s*(?:[.,;!?]|$|and\s+(?:is|are)\b|(?:is|are|was|were)\b)/iu,
  /\b(?:and|or)\s+(?:in|on|at|to)\s+(?:the|it|top|an?)\b/iu,
  /\b(?:and|or)\s+(?:beside|above|below|under|near|behind|next\s+to|in\s+front\s+of)\s+(?:it|them)\b/iu,
  /\b(?:prohibiting|including|containing|featuring|showing|holding|wearing|carrying|riding|eating|using|selling|displaying|has|have|with)\s*,/iu,
  /,\s*[,.;!?]|:\s*[.,;!?]|^\s*[,;]/u,
  /\blook(?:ing|s)?\s*[.,;:!]/iu,
  // marks around nothing
  /\*{4}|_{4}|~{4}|^[*_~]{2}\s*\(/u,
  /\b(\p{L}+)\s+\1\b/iu,
  // a verb without its subject
  new RegExp(`(?:^|[;:,]\\s*)(?:here\\s+)?(?:${finiteVerb})\\b`, 'iu'),
  // a verb without what it sees or shows
  new RegExp(
    `\\b(?:${takesObject})\\s*(?:[.,;:!?]|$|(?:${preposition}|left|right|higher|lower|further|above|here|there|together|also|too|along|as\\s+well|and|or|but|is|are)\\b)`,
    'iu',
  ),
];
const finite = /\b(?:is|are|was|were|has|have|can|there|shows?|features?|depicts?|contains?|\p{L}{3,}(?:s|ed|ing))\b/iu;

/** Lines with numbers or marks alone. */
const linesOfMarks = (text: string) =>
  text.split('\n').filter((line) => /\S/.test(line) && !/\p{L}/u.test(line)).length;

/**
 * Whether a sentence still reads as one after words were taken out of it: no join is broken that was whole before, it keeps
 * a verb where it had one, and it is more than a stump.
 */
export function readsWell(before: string, after: string): boolean {
  if (after.trim() === '') return true;
  if (brokenJoins.some((join) => join.test(after) && !join.test(before))) return false;
  if (finite.test(before) && !finite.test(after)) return false;
  // `× 4`
  if (linesOfMarks(after) > linesOfMarks(before)) return false;
  return (after.match(/\p{L}+/gu) ?? []).length >= 2;
}

import { diffWords } from '../../src/text/edits.js';
import type { Range } from '../../src/text/range.js';
import { splitWords } from '../../src/text/words.js';
import type { LabelledAnswer, LabelledClaim } from './judge.js';

/** A wrong answer's edit of the true one: words of both, and how far it moves what stands behind it. */
interface Edit {
  original: Range;
  changed: Range;
}

function editsOf({ original = '', response }: LabelledAnswer): Edit[] {
  let shift = 0;
  return diffWords(original, response).map(({ start, end, to }) => {
    const changed = { start: start + shift, end: start + shift + to.length };
    shift += to.length - (end - start);
    return { original: { start, end }, changed };
  });
}

const overlap = (a: Range, b: Range) => a.start < b.end && b.start < a.end;
const keyOf = (picture: string, text: string) => JSON.stringify([picture, text]);

/** Whole words of the true answer in the place of which the wrong one has words that are labelled bad. */
function claimsOfOriginal(answer: LabelledAnswer): LabelledClaim[] {
  const words = splitWords(answer.original ?? '');
  return editsOf(answer).flatMap(({ original, changed }) => {
    const bad = answer.claims.find((claim) => !claim.good && overlap(claim, changed));
    const inside = words.filter((word) => overlap(word, original));
    if (!bad || inside.length === 0) return [];
    return [{ start: inside[0]!.start, end: inside.at(-1)!.end, kind: bad.kind, good: true }];
  });
}

/** Where a range of the true answer stands in the wrong one; null where that changed it. */
function moved(range: LabelledClaim, edits: readonly Edit[]): LabelledClaim | null {
  let shift = 0;
  for (const { original, changed } of edits) {
    if (overlap(original, range)) return null;
    if (original.end <= range.start) shift = changed.end - original.end;
  }
  return { ...range, start: range.start + shift, end: range.end + shift };
}

/**
 * Answers whose wrong words are known, and the true answers that they were made of, with claims that are right as well: the
 * words that some twin changed can be wrong, and are right in the true answer and in the twins that left them. Without
 * them a detector could not be told from one that flags whatever can be wrong. Answers without `original` stay as they are.
 */
export function withTwinClaims(answers: readonly LabelledAnswer[]): LabelledAnswer[] {
  const known = new Map<string, Map<string, LabelledClaim>>();
  for (const answer of answers) {
    if (answer.original === undefined) continue;
    const key = keyOf(answer.picture, answer.original);
    const claims = known.get(key) ?? new Map<string, LabelledClaim>();
    for (const claim of claimsOfOriginal(answer)) claims.set(`${claim.start} ${claim.end} ${claim.kind}`, claim);
    known.set(key, claims);
  }
  return answers.map((answer) => {
    const { picture, original, response, claims } = answer;
    const own = [...(known.get(keyOf(picture, original ?? response))?.values() ?? [])];
    const edits = original === undefined || original === response ? [] : editsOf(answer);
    const right = own
      .flatMap((claim) => moved(claim, edits) ?? [])
      .filter((claim) => !claims.some((bad) => overlap(bad, claim)));
    return { ...answer, claims: [...claims, ...right].sort((a, b) => a.start - b.start || a.end - b.end) };
  });
}

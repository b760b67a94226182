import type { Claim, ClaimKind } from '../../scenes/scene.js';
import type { AppliedEdit } from '../../src/agent/correction.js';
import { type ClaimWord, readClaimWords } from './claim-words.js';

/** What became of one claim of a caption. */
export interface ReadClaim {
  was: Claim;
  /** What says it now, in lower case; null where it was deleted. A place can have two words: `top left`. */
  word: string | null;
  changed: boolean;
  /** A noun that was said to be there and is denied now. */
  denied?: boolean;
}

/** An edit widened to whole claims. */
interface Region {
  start: number;
  end: number;
  to: string;
  claims: number[];
}

/**
 * Reads the claims of a caption after edits: each keeps its word, has another, or is gone. Null where the new words
 * cannot be read back claim by claim (words outside the scene language, claims that were not there before).
 */
export function readEdits(text: string, claims: readonly Claim[], edits: readonly AppliedEdit[]): ReadClaim[] | null {
  const read = claims.map((was): ReadClaim => ({ was, word: plain(text.slice(was.start, was.end)), changed: false }));
  for (const region of regionsOf(text, claims, edits)) {
    const said = newWords(region, claims);
    if (!said) return null;
    region.claims.forEach((claim, place) => {
      const word = said.words[place]!;
      read[claim] = { was: claims[claim]!, word, changed: word !== read[claim]!.word };
    });
    if (!said.denies) continue;
    const noun = deniedNoun(text, claims, region);
    if (noun === null || read[noun]!.word === null) return null;
    read[noun] = { ...read[noun]!, changed: true, denied: true };
  }
  return read;
}

/** The noun that a denial in a region is about: the next claim of the sentence. */
function deniedNoun(text: string, claims: readonly Claim[], { start, end }: Region): number | null {
  const next = claims.findIndex((claim) => claim.start >= start && claim.kind !== 'count');
  const claim = claims[next];
  if (claim?.kind !== 'object' || /[.!?]\s/.test(text.slice(end, claim.start))) return null;
  return next;
}

const plain = (text: string) => text.toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ');

function regionsOf(text: string, claims: readonly Claim[], edits: readonly AppliedEdit[]): Region[] {
  const regions: Region[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    const inside = claims.flatMap((claim, index) => (claim.start < edit.end && edit.start < claim.end ? [index] : []));
    const start = Math.min(edit.start, ...inside.map((index) => claims[index]!.start));
    const end = Math.max(edit.end, ...inside.map((index) => claims[index]!.end));
    const last = regions.at(-1);
    if (last && (start < last.end || text.slice(last.end, start).trim() === '')) {
      // edits of one claim or of neighbouring words are read together, with what stands between them
      const kept = edit.start < last.end ? last.to.slice(0, last.to.length - (last.end - edit.start)) : last.to;
      last.to =
        kept +
        text.slice(Math.min(last.end, edit.start), edit.start) +
        edit.to +
        text.slice(edit.end, Math.max(end, last.end));
      last.end = Math.max(end, last.end);
      last.claims.push(...inside.filter((index) => !last.claims.includes(index)));
    } else {
      regions.push({
        start,
        end,
        to: text.slice(start, edit.start) + edit.to + text.slice(edit.end, end),
        claims: inside,
      });
    }
  }
  return regions;
}

/** The new word of each claim of a region, null for those that are gone; null as a whole where it cannot be read. */
function newWords(region: Region, claims: readonly Claim[]): { words: (string | null)[]; denies: boolean } | null {
  const kinds = region.claims.map((index) => claims[index]!.kind);
  if (kinds.length === 1 && kinds[0] === 'quote') {
    const said = region.to.replace(/["'“”‘’.,!]/g, '').trim();
    return { words: [said === '' ? null : plain(said)], denies: false };
  }
  const found = readClaimWords(region.to);
  if (!found) return null;
  const slots = matchInOrder(kinds, found);
  const words = slots.map((slot) => (slot === null ? null : found[slot]!.text));
  let denies = false;
  for (const [index, word] of found.entries()) {
    // an article may come with a noun without claiming a number
    if (slots.includes(index) || word.text === 'a' || word.text === 'an') continue;
    const place = slots.indexOf(index - 1);
    if (word.kinds.includes('position') && place >= 0 && kinds[place] === 'position') words[place] += ` ${word.text}`;
    else if (/^near|^close to/.test(word.text) && kinds.includes('position')) continue;
    else if (word.kinds.includes('existence') && !denies) denies = true;
    else return null;
  }
  return { words, denies };
}

/** A negation can give way to a number: `no dogs` to `two dogs`. */
const fits = (kind: ClaimKind, word: ClaimWord) =>
  word.kinds.includes(kind) || (kind === 'existence' && word.kinds.includes('count'));

/** The longest matching of claims to words of their kinds, both in order: for each claim the place of its word, or null. */
function matchInOrder(kinds: readonly ClaimKind[], words: readonly ClaimWord[]): (number | null)[] {
  const best = Array.from({ length: kinds.length + 1 }, () => new Array<number>(words.length + 1).fill(0));
  for (let i = kinds.length - 1; i >= 0; i--)
    for (let j = words.length - 1; j >= 0; j--)
      best[i]![j] = Math.max(
        best[i + 1]![j]!,
        best[i]![j + 1]!,
        fits(kinds[i]!, words[j]!) ? 1 + best[i + 1]![j + 1]! : 0,
      );
  const slots: (number | null)[] = [];
  let j = 0;
  for (let i = 0; i < kinds.length; i++) {
    let at = j;
    while (
      at < words.length &&
      best[i]![at] === best[i]![j] &&
      !(fits(kinds[i]!, words[at]!) && best[i]![at] === 1 + best[i + 1]![at + 1]!)
    )
      at++;
    if (at < words.length && best[i]![at] === best[i]![j]) {
      slots.push(at);
      j = at + 1;
    } else slots.push(null);
  }
  return slots;
}

import { diffWords } from '../text/edits.js';
import type { Range } from '../text/range.js';
import { splitSentences } from '../text/sentences.js';
import { splitWords } from '../text/words.js';
import type { PerturbationType, Perturbed, PerturbedEdit } from './perturbation.js';

/** A change of the original: `text` in place of start..end. */
export interface Change extends Range {
  text: string;
  role: 'bad' | 'repair';
  /** How much more often than the plainest of its type such a change makes no sense, by reading: 0 and more. */
  doubt?: number;
}

/**
 * Applies changes to a caption and labels the words that differ from it. Each change is cut down to the words in it that
 * really changed (`is` to `is not` marks `not`). Null where nothing is wrong after all: no word differs, or only words
 * that carry no claim were taken out.
 */
export function labelChanges(caption: string, type: PerturbationType, changes: readonly Change[]): Perturbed | null {
  const edits: PerturbedEdit[] = [];
  let text = '';
  let last = 0;
  for (const change of [...changes].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (change.start < last) return null;
    text += caption.slice(last, change.start);
    const old = caption.slice(change.start, change.end);
    let shift = 0;
    for (const { start, end, from, to } of diffWords(old, change.text)) {
      const at = text.length + start + shift;
      edits.push({ start: at, end: at + to.length, from, to, role: change.role });
      shift += to.length - (end - start);
    }
    text += change.text;
    last = change.end;
  }
  return label(text + caption.slice(last), type, edits);
}

function label(text: string, type: PerturbationType, edits: PerturbedEdit[]): Perturbed | null {
  const words = splitWords(text);
  const bad = new Set<Range>();
  const repaired = new Set<Range>();
  const deleted: { at: number; text: string }[] = [];
  for (const { start, end, from, to, role } of edits) {
    const inside = words.filter((word) => word.start < end && word.end > start);
    for (const word of inside) (role === 'bad' ? bad : repaired).add(word);
    if (inside.length > 0 || splitWords(from).length === 0) continue;
    deleted.push({ at: start, text: to === '' ? from : from.replace(to, '') });
    if (role === 'repair') continue;
    const heir = heirOf(text, words, start);
    if (heir) bad.add(heir);
  }
  if (bad.size === 0) return null;
  return {
    text,
    type,
    bad: ranges(words, bad),
    repaired: ranges(
      words.filter((word) => !bad.has(word)),
      repaired,
    ),
    ...(deleted.length > 0 ? { deleted } : {}),
    edits,
  };
}

/** The word that a deletion leaves with the false claim: the next one in the sentence, else the one before. */
function heirOf(text: string, words: readonly Range[], at: number): Range | undefined {
  const sentence = splitSentences(text).find(({ start, end }) => start <= at && at <= end);
  const next = words.find(({ start }) => start >= at);
  if (next && (!sentence || next.start < sentence.end)) return next;
  return words.findLast(({ end }) => end <= at) ?? next;
}

function ranges(words: readonly Range[], chosen: ReadonlySet<Range>): Range[] {
  return words.filter((word) => chosen.has(word)).map(({ start, end }) => ({ start, end }));
}

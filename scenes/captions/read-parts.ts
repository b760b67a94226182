import type { Manifest } from '../../src/scorer/tldr/model-folder.js';
import type { TokenizedText } from '../../src/scorer/tldr/tokenizer.js';
import { cutWindows } from '../../src/scorer/tldr/windows.js';
import { plainFacts } from '../../src/text/claims/plain-facts.js';
import type { Range } from '../../src/text/range.js';
import { splitSentences } from '../../src/text/sentences.js';
import { viewOf } from '../../src/text/view/view.js';
import type { Caption } from '../scene.js';

/**
 * A caption as a model gets it: the plain view of its text, or of that only the plain facts where the model has a closed
 * vocabulary, in the windows of whole sentences that its context holds. Each is a caption of its own with the claims and
 * silent runs that stand in it; a claim that is read in two places is there twice, and one that is not read is gone.
 */
export async function readParts(
  caption: Caption,
  { maxTokens, maxPromptTokens, words }: Pick<Manifest['text'], 'maxTokens' | 'maxPromptTokens' | 'words'>,
  tokenize: (text: string) => Promise<TokenizedText>,
): Promise<Caption[]> {
  const view = viewOf(caption.text);
  const excerpt = words ? plainFacts(view.text, caption.prompt) : { text: view.text, pieces: whole };
  const { text } = excerpt;
  const from = new Array<Range | undefined>(text.length);
  for (let unit = 0; unit < text.length; unit++) {
    const [piece] = excerpt.pieces(unit, unit + 1);
    if (piece) from[unit] = view.toRaw(piece.start, piece.end);
  }
  /** The runs of the text that were read from a run of the caption. */
  const places = <R extends Range>(run: R): R[] => {
    const found: R[] = [];
    for (let unit = 0; unit < text.length; unit++) {
      const raw = from[unit];
      if (!raw || raw.start >= run.end || raw.end <= run.start || text[unit] === ' ') continue;
      const last = found.at(-1);
      if (last && /^\s*$/.test(text.slice(last.end, unit))) last.end = unit + 1;
      else found.push({ ...run, start: unit, end: unit + 1 });
    }
    return found;
  };
  const claims = caption.claims.flatMap(places).sort((a, b) => a.start - b.start);
  const silent = (caption.silent ?? []).flatMap(places).sort((a, b) => a.start - b.start);
  const asked = caption.prompt ? (await tokenize(caption.prompt)).ids.length : 0;
  const { ranges } = await tokenize(text);
  const room = maxTokens - Math.min(asked, maxPromptTokens) - 3;
  return cutWindows(text, ranges, splitSentences(text), room).map(({ from, to }) => {
    const [start, end] = [ranges[from]!.start, ranges[to - 1]!.end];
    const inside = <R extends Range>(runs: readonly R[]): R[] =>
      runs
        .filter((run) => run.start < end && run.end > start)
        .map((run) => ({ ...run, start: Math.max(run.start, start) - start, end: Math.min(run.end, end) - start }));
    return { ...caption, text: text.slice(start, end), claims: inside(claims), silent: inside(silent) };
  });
}

const whole = (start: number, end: number): Range[] => [{ start, end }];

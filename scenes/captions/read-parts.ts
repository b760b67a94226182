import type { Manifest } from '../../src/scorer/tldr/model-folder.js';
import type { TokenizedText } from '../../src/scorer/tldr/tokenizer.js';
import { cutWindows } from '../../src/scorer/tldr/windows.js';
import type { Range } from '../../src/text/range.js';
import { splitSentences } from '../../src/text/sentences.js';
import { type View, viewOf } from '../../src/text/view/view.js';
import type { Caption } from '../scene.js';

/**
 * A caption as a model gets it: the plain view of its text, in the windows of whole sentences that its context holds, each
 * a caption of its own with the claims and silent runs that stand in it.
 */
export async function readParts(
  caption: Caption,
  { maxTokens, maxPromptTokens }: Manifest['text'],
  tokenize: (text: string) => Promise<TokenizedText>,
): Promise<Caption[]> {
  const view = viewOf(caption.text);
  const place = placesIn(view, caption.text.length);
  const moved = <R extends Range>(run: R): R => {
    const start = place[run.start]!;
    let end = place[run.end]!;
    // neither the space behind it nor a full stop that only the view has
    while (end > start && view.toRaw(end - 1, end).start >= run.end) end--;
    return { ...run, start, end };
  };
  const claims = caption.claims.map(moved).filter(({ start, end }) => start < end);
  const silent = (caption.silent ?? []).map(moved).filter(({ start, end }) => start < end);
  const asked = caption.prompt ? (await tokenize(caption.prompt)).ids.length : 0;
  const { ranges } = await tokenize(view.text);
  const room = maxTokens - Math.min(asked, maxPromptTokens) - 3;
  return cutWindows(view.text, ranges, splitSentences(view.text), room).map(({ from, to }) => {
    const [start, end] = [ranges[from]!.start, ranges[to - 1]!.end];
    const inside = <R extends Range>(runs: readonly R[]): R[] =>
      runs
        .filter((run) => run.start < end && run.end > start)
        .map((run) => ({ ...run, start: Math.max(run.start, start) - start, end: Math.min(run.end, end) - start }));
    return { ...caption, text: view.text.slice(start, end), claims: inside(claims), silent: inside(silent) };
  });
}

/** For every offset of the answer, that of the first character of the view which was read from there or behind it. */
function placesIn(view: View, length: number): Int32Array {
  const place = new Int32Array(length + 1).fill(-1);
  for (let unit = view.text.length - 1; unit >= 0; unit--) {
    const { start, end } = view.toRaw(unit, unit + 1);
    if (start < end) place[start] = unit;
  }
  place[length] = view.text.length;
  for (let at = length - 1; at >= 0; at--) if (place[at]! < 0) place[at] = place[at + 1]!;
  return place;
}

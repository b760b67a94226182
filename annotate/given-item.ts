import * as z from 'zod';
import { DetectiveError } from '../src/base/errors.js';
import { flagSpans } from '../src/text/spans.js';
import type { AnnotationItem, Finding } from './item.js';
import { errorType, findingSchema, rangeSchema } from './store/events.js';
import { disjoint, type Flag } from './work.js';

/** What a line of items may bring along: what `score --json` and `correct --json` write, and gold labels. */
const columnsSchema = z.object({
  tokens: z
    .array(rangeSchema.extend({ text: z.string().optional(), reward: z.number().min(0).max(1).nullable() }))
    .nullish(),
  spans: z
    .array(
      rangeSchema.extend({
        text: z.string().nullish(),
        reward: z.number().min(0).max(1).nullish(),
        type: z.string().nullish(),
        reason: z.string().nullish(),
        proposals: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
  edits: z.array(rangeSchema.extend({ from: z.string(), to: z.string() })).nullish(),
  threshold: z.number().nullish(),
  scorer: z.string().nullish(),
  abstained: z.string().nullish(),
  evidence: findingSchema.shape.evidence.optional(),
  original: z.string().nullish(),
  gold: z.array(rangeSchema).nullish(),
});

export interface GivenItem {
  id: string;
  image: string;
  prompt?: string;
  response: string;
  /** The other columns of its line. */
  columns: Record<string, unknown>;
}

/**
 * An item from its line: scored where the line holds `spans`, or `tokens` with a `threshold`; with proposals from `edits`,
 * as `correct --json` writes them (the answer is then its `original`); with known errors from `gold`.
 *
 * @param name Of the line, for messages.
 * @throws DetectiveError `bad-input` for offsets that do not fit the answer: `slice(start, end)` is not the text.
 */
export function itemFrom({ id, image, prompt, response: given, columns }: GivenItem, name: string): AnnotationItem {
  const bad = (reason: string) => new DetectiveError('bad-input', `${name}: ${reason}`);
  const parsed = columnsSchema.safeParse(columns);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw bad(`"${issue?.path.join('.')}" ${issue?.message}`);
  }
  const { tokens, spans, edits, threshold, scorer, abstained, evidence, original, gold } = parsed.data;
  // a corrected answer is judged as it was before
  const response = edits && original != null ? original : given;
  const check = (
    { start, end, text }: { start: number; end: number; text?: string | null | undefined },
    what: string,
  ) => {
    const there = response.slice(start, end);
    if (start >= end || end > response.length || (text != null && text !== there))
      throw bad(
        `${what} ${start}..${end}${text == null ? '' : ` should be ${JSON.stringify(text.slice(0, 60))}`}, but there stands ${JSON.stringify(there.slice(0, 60))}: offsets are UTF-16, the end left out`,
      );
  };
  for (const edit of edits ?? []) if (edit.start < edit.end) check({ ...edit, text: edit.from }, 'the edit');
  for (const range of gold ?? []) check(range, 'the gold range');
  // what `correct` left flagged stands in its own answer
  const flagged = edits && original != null ? [] : (spans ?? undefined);
  for (const span of flagged ?? []) check(span, 'the span');
  for (const token of tokens ?? []) if (response === given) check(token, 'the token');
  const flags = flagged?.map(
    ({ start, end, reward, type, reason, proposals }): Flag => ({
      start,
      end,
      text: response.slice(start, end),
      ...(reward == null ? {} : { reward }),
      ...(reason == null ? {} : { reason }),
      ...(proposals == null ? {} : { proposals }),
      ...(errorType.safeParse(type).success ? { type: errorType.parse(type) } : {}),
    }),
  );
  const rewards = (tokens ?? []).map((token) => ({ ...token, text: response.slice(token.start, token.end) }));
  const fromTokens =
    !flags && tokens && threshold != null ? flagSpans(response, rewards, threshold).map(plainFlag) : undefined;
  const found = flags ?? fromTokens ?? (edits ? [] : undefined);
  const known = [
    ...rewards.flatMap(({ reward }) => reward ?? []),
    ...(found ?? []).flatMap(({ reward }) => reward ?? []),
  ];
  const finding: Finding | undefined = found && {
    flags: withEdits(response, disjoint(found, response.length), edits ?? []),
    lowest: known.length > 0 ? Math.min(...known) : null,
    ...(threshold == null ? {} : { threshold }),
    ...(scorer == null ? {} : { scorer }),
    ...(abstained == null ? {} : { abstained }),
    ...(evidence === undefined ? {} : { evidence: evidence as NonNullable<Finding['evidence']> }),
  };
  const own = new Set([...Object.keys(columnsSchema.shape), 'id', 'image', 'prompt', 'response']);
  const others = Object.fromEntries(Object.entries(columns).filter(([key]) => !own.has(key)));
  return {
    id,
    image,
    response,
    ...(prompt === undefined ? {} : { prompt }),
    ...(finding ? { finding } : {}),
    ...(gold ? { gold: disjoint(gold, response.length) } : {}),
    ...(Object.keys(others).length > 0 ? { columns: others } : {}),
  };
}

export const plainFlag = ({
  start,
  end,
  text,
  reward,
}: Required<Pick<Flag, 'start' | 'end' | 'text' | 'reward'>>): Flag => ({
  start,
  end,
  text,
  reward,
});

/** The flags with what edits make of them as first proposals; edits of other words become flags of their own. */
export function withEdits(
  response: string,
  flags: readonly Flag[],
  edits: readonly { start: number; end: number; from: string; to: string }[],
): Flag[] {
  const inside = (flag: Flag) => edits.filter(({ start, end }) => start >= flag.start && end <= flag.end);
  const proposed = flags.map((flag): Flag => {
    const own = inside(flag);
    if (own.length === 0) return flag;
    let text = flag.text;
    for (const { start, end, to } of [...own].sort((a, b) => b.start - a.start))
      text = text.slice(0, start - flag.start) + to + text.slice(end - flag.start);
    return { ...flag, proposals: [...new Set([text, ...(flag.proposals ?? [])])] };
  });
  const apart = edits.filter(
    ({ start, end }) => end > start && !flags.some((flag) => start < flag.end && flag.start < end),
  );
  const more = apart.map(
    ({ start, end, to }): Flag => ({ start, end, text: response.slice(start, end), proposals: [to] }),
  );
  return disjoint([...proposed, ...more], response.length);
}

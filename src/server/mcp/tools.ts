import { randomUUID } from 'node:crypto';
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { correct } from '../../agent/correct.js';
import type { CorrectionEvent, CorrectionResult } from '../../agent/correction.js';
import { DetectiveError } from '../../base/errors.js';
import { withinCorrection } from '../../http/reentrancy.js';
import type { ImageInput } from '../../image/image-input.js';
import type { Rewriter } from '../../rewriters/rewriter.js';
import { operatingPoint } from '../../scorer/operating-point.js';
import type { ScoredResponse, Scorer } from '../../scorer/scorer.js';
import { spanJson } from '../../text/flagged-span.js';
import { flagSpans } from '../../text/spans.js';
import { namedPicture, type PictureSources } from './named-picture.js';
import type { correctInput, correctOutput, Explained, explainInput, scoreInput, scoreOutput } from './tool-schemas.js';

export interface ToolOptions extends PictureSources {
  scorer: Scorer;
  rewriter: Rewriter;
  threshold?: number | undefined;
  /** The share of right answers that may be flagged; chooses the threshold, and none that a call names may be above it. */
  maxHarm?: number | undefined;
}

/** What each tool does with what it was asked. What is wrong with that is a DetectiveError, worded for the model. */
export interface Tools {
  score(asked: z.infer<typeof scoreInput>, context: ServerContext): Promise<CallToolResult>;
  correct(asked: z.infer<typeof correctInput>, context: ServerContext): Promise<CallToolResult>;
  explain(asked: z.infer<typeof explainInput>): CallToolResult;
  /** The report of a correction as JSON, for an hour. */
  report(id: string): string | undefined;
}

export const reportScheme = 'vlm-detective://report/';
const lifetimeMs = 60 * 60_000;
const mostCharacters = 32 << 20;

export function createTools(options: ToolOptions): Tools {
  const { scorer, rewriter } = options;
  const reports = new LRUCache<string, string>({
    maxSize: mostCharacters,
    sizeCalculation: (json) => json.length,
    ttl: lifetimeMs,
  });
  const own = operatingPoint(scorer, options);
  const thresholdOf = (asked = own) => (options.maxHarm === undefined ? asked : Math.min(asked, own));

  return {
    async score(asked, { mcpReq }) {
      const scored = await scorer.score(await requestOf(asked, options, mcpReq.signal));
      return scoreResult(scored, thresholdOf(asked.threshold), asked.detail);
    },
    async correct(asked, context) {
      const { max_rounds: maxRounds, on_unresolved: onUnresolved, time_ms: timeMs } = asked;
      const call = await requestOf(asked, options, context.mcpReq.signal);
      const result = await withinCorrection(() =>
        correct(call, {
          scorer,
          rewriter,
          threshold: thresholdOf(asked.threshold),
          onEvent: progress(context),
          ...(maxRounds === undefined ? {} : { maxRounds }),
          ...(onUnresolved == null ? {} : { onUnresolved }),
          ...(timeMs === undefined ? {} : { budget: { timeMs } }),
        }),
      );
      const explained = explain(result);
      reports.set(explained.id, JSON.stringify(explained));
      return correctResult(explained, result);
    },
    explain({ id, round }) {
      const report = reports.get(id);
      if (report === undefined)
        throw new DetectiveError(
          'bad-argument',
          'there is no such report, or no longer: they are kept for an hour. Call correct_answer again',
        );
      return explainResult(JSON.parse(report), round);
    },
    report: (id) => reports.get(id),
  };
}

async function requestOf(
  { image, images = [], answer, question }: z.infer<typeof scoreInput | typeof correctInput>,
  sources: PictureSources,
  signal: AbortSignal,
) {
  const named = image === undefined ? images : [image, ...images];
  if (named.length === 0) throw new DetectiveError('bad-argument', 'name a picture: image or images');
  const pictures: ImageInput[] = [];
  for (const reference of named) pictures.push(await namedPicture(reference, sources, signal));
  return { images: pictures, response: answer, signal, ...(question === undefined ? {} : { prompt: question }) };
}

function scoreResult(scored: ScoredResponse, threshold: number, detail: 'spans' | 'words'): CallToolResult {
  const spans = flagSpans(scored.response, scored.tokens, threshold);
  const result: z.infer<typeof scoreOutput> = {
    response: scored.response,
    spans: spans.map(spanJson),
    threshold,
    scorer: scored.scorer,
    abstained: scored.abstained ?? null,
    ...(detail === 'words'
      ? { tokens: scored.tokens.map(({ text, start, end, reward }) => ({ text, start, end, reward })) }
      : {}),
  };
  const judged = scored.tokens.some(({ reward }) => reward !== null);
  const words =
    scored.abstained !== undefined
      ? `Not judged: ${scored.abstained}`
      : spans.length > 0
        ? `Not supported by the picture: ${inWords(spans)}.`
        : judged
          ? 'Every word that was judged is supported by the picture.'
          : 'Nothing in this answer could be judged.';
  return { content: [text(words), json(result)], structuredContent: result };
}

function correctResult(explained: Explained, { report }: CorrectionResult): CallToolResult {
  const { id, original, response, status, reason, edits, unresolved } = explained;
  const output: z.infer<typeof correctOutput> = {
    id,
    original,
    response,
    status,
    ...(reason === undefined ? {} : { reason }),
    rounds: explained.rounds.length,
    edits,
    spans: unresolved,
    scorer: report.scorer,
    rewriter: report.rewriter,
  };
  const why = reason === undefined ? '' : `: ${reason}`;
  const doubt = unresolved.length === 0 ? '' : `; still in doubt: ${inWords(report.unresolved)}`;
  const told = `(${status}${why}; ${edits.length} changed${doubt}; explain_report with id ${id} tells why)`;
  return {
    content: [
      text(`${response}\n\n${told}`),
      json(output),
      { type: 'resource_link', uri: reportScheme + id, name: 'report', mimeType: 'application/json' },
    ],
    structuredContent: output,
  };
}

/** @param round Only this one. */
function explainResult(report: Explained, round: number | undefined): CallToolResult {
  const rounds = report.rounds.filter((one) => round === undefined || one.round === round);
  if (round !== undefined && rounds.length === 0)
    throw new DetectiveError('bad-argument', `the report has ${report.rounds.length} rounds: there is no ${round}`);
  const shown = { ...report, rounds };
  const lines = rounds.map(
    ({ round, flagged, accepted, rejected }) =>
      `Round ${round}: flagged ${inWords(flagged) || 'nothing'}; changed ${quoted(accepted) || 'nothing'}; tried and taken back ${quoted(rejected) || 'nothing'}.`,
  );
  return {
    content: [text(lines.join('\n') || `No rounds: ${report.status}.`), json(shown)],
    structuredContent: shown,
  };
}

const text = (words: string) => ({ type: 'text' as const, text: words });
/** For clients that do not read `structuredContent`. */
const json = (value: object) => ({
  ...text(JSON.stringify(value)),
  annotations: { audience: ['assistant' as const], priority: 0.2 },
});

const inWords = (spans: readonly { text: string; reward: number; reason?: string | undefined }[]) =>
  spans
    .map(({ text, reward, reason }) => `${JSON.stringify(text)} (${reward.toFixed(2)}${reason ? `: ${reason}` : ''})`)
    .join(', ');

const quoted = (edits: readonly { from: string; to: string; reason?: string }[]) =>
  edits
    .map(({ from, to, reason }) => `${JSON.stringify(from)} to ${JSON.stringify(to)}${reason ? ` (${reason})` : ''}`)
    .join(', ');

function explain({ original, response, status, report }: CorrectionResult): Explained {
  return {
    id: randomUUID(),
    original,
    response,
    status,
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    threshold: report.threshold,
    judged: { ...report.judged },
    edits: report.edits.map(({ start, end, from, to }) => ({ start, end, from, to })),
    unresolved: report.unresolved.map(spanJson),
    rounds: report.rounds.map(({ round, response, flagged, accepted, rejected }) => ({
      round,
      response,
      flagged: flagged.map(spanJson),
      accepted: accepted.map(({ span, replacement }) => ({ from: span.text, to: replacement })),
      rejected: rejected.map(({ text, replacement, reason }) => ({ from: text, to: replacement, reason })),
    })),
    evidence: (report.evidence ?? []).map((seen) => ({ ...seen })),
  };
}

/** Tells a client that asked for it how far a correction is. */
function progress({ mcpReq }: ServerContext): (event: CorrectionEvent) => void {
  const progressToken = mcpReq._meta?.progressToken;
  let steps = 0;
  return (event) => {
    if (progressToken === undefined || event.type === 'done') return;
    const message =
      event.type === 'flagged'
        ? `round ${event.round}: ${event.spans.length} flagged`
        : `round ${event.round}: ${event.type}`;
    const params = { progressToken, progress: ++steps, message };
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}

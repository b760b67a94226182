import { randomUUID } from 'node:crypto';
import {
  type CallToolResult,
  McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { correct } from '../../agent/correct.js';
import type { CorrectionEvent, CorrectionResult } from '../../agent/correction.js';
import { DetectiveError, errorMessage } from '../../base/errors.js';
import { withinCorrection } from '../../http/reentrancy.js';
import type { ImageInput } from '../../image/image-input.js';
import type { Rewriter } from '../../rewriters/rewriter.js';
import { operatingPoint } from '../../scorer/operating-point.js';
import type { Scorer } from '../../scorer/scorer.js';
import { spanJson } from '../../text/flagged-span.js';
import { flagSpans } from '../../text/spans.js';
import { namedPicture, type PictureSources } from './named-picture.js';
import {
  correctInput,
  correctOutput,
  type Explained,
  explainInput,
  explainOutput,
  scoreInput,
  scoreOutput,
} from './tool-schemas.js';

export interface McpOptions extends PictureSources {
  version: string;
  scorer: Scorer;
  rewriter: Rewriter;
  threshold?: number | undefined;
  /** The share of right answers that may be flagged; chooses the threshold, and none that a call names may be above it. */
  maxHarm?: number | undefined;
  /** Whether the scorer or the rewriter calls somebody's API: clients show that. */
  asksOthers: boolean;
}

const scheme = 'vlm-detective://report/';
const lifetimeMs = 60 * 60_000;
const mostCharacters = 32 << 20;

/**
 * Makes servers with three tools and the reports of their corrections. One is made for each connection or request; the
 * scorer and the reports are shared by all.
 */
export function mcpServers(options: McpOptions): () => McpServer {
  const { scorer, rewriter } = options;
  const reports = new LRUCache<string, string>({
    maxSize: mostCharacters,
    sizeCalculation: (json) => json.length,
    ttl: lifetimeMs,
  });
  const own = operatingPoint(scorer, options);
  const thresholdOf = (asked = own) => (options.maxHarm === undefined ? asked : Math.min(asked, own));

  async function request(
    { image, images = [], answer, question }: z.infer<typeof scoreInput | typeof correctInput>,
    signal: AbortSignal,
  ) {
    const named = image === undefined ? images : [image, ...images];
    if (named.length === 0) throw new DetectiveError('bad-argument', 'name a picture: image or images');
    const pictures: ImageInput[] = [];
    for (const reference of named) pictures.push(await namedPicture(reference, options, signal));
    return { images: pictures, response: answer, signal, ...(question === undefined ? {} : { prompt: question }) };
  }

  async function score(asked: z.infer<typeof scoreInput>, { mcpReq }: ServerContext): Promise<CallToolResult> {
    const scored = await scorer.score(await request(asked, mcpReq.signal));
    const threshold = thresholdOf(asked.threshold);
    const spans = flagSpans(scored.response, scored.tokens, threshold);
    const result: z.infer<typeof scoreOutput> = {
      response: scored.response,
      spans: spans.map(spanJson),
      threshold,
      scorer: scored.scorer,
      abstained: scored.abstained ?? null,
      ...(asked.detail === 'words'
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

  async function correctAnswer(asked: z.infer<typeof correctInput>, context: ServerContext): Promise<CallToolResult> {
    const { max_rounds: maxRounds, on_unresolved: onUnresolved, time_ms: timeMs } = asked;
    const call = await request(asked, context.mcpReq.signal);
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
    const { id, original, response, status, edits, unresolved } = explained;
    const output: z.infer<typeof correctOutput> = {
      id,
      original,
      response,
      status,
      ...(explained.reason === undefined ? {} : { reason: explained.reason }),
      rounds: explained.rounds.length,
      edits,
      spans: unresolved,
      scorer: result.report.scorer,
      rewriter: result.report.rewriter,
    };
    const words = [
      response,
      `(${status}${explained.reason === undefined ? '' : `: ${explained.reason}`}; ${edits.length} changed${
        unresolved.length === 0 ? '' : `; still in doubt: ${inWords(result.report.unresolved)}`
      }; explain_report with id ${id} tells why)`,
    ];
    return {
      content: [
        text(words.join('\n\n')),
        json(output),
        { type: 'resource_link', uri: scheme + id, name: 'report', mimeType: 'application/json' },
      ],
      structuredContent: output,
    };
  }

  function kept(id: string): Explained | undefined {
    const found = reports.get(id);
    return found === undefined ? undefined : JSON.parse(found);
  }

  function explainReport({ id, round }: z.infer<typeof explainInput>): CallToolResult {
    const report = kept(id);
    if (report === undefined)
      throw new DetectiveError(
        'bad-argument',
        'there is no such report, or no longer: they are kept for an hour. Call correct_answer again',
      );
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

  /** What a tool throws goes to the model, which can mend what it asked: the message, and nothing else of the error. */
  const told =
    <Asked>(work: (asked: Asked, context: ServerContext) => CallToolResult | Promise<CallToolResult>) =>
    async (asked: Asked, context: ServerContext): Promise<CallToolResult> => {
      try {
        return await work(asked, context);
      } catch (error) {
        return { isError: true, content: [text(errorMessage(error).slice(0, 2000))] };
      }
    };

  return () => {
    const server = new McpServer(
      { name: 'vlm-detective', title: 'VLM detective', version: options.version },
      {
        instructions:
          'Before you tell somebody what is in a picture, check your words with score_answer, or have the wrong ones replaced with correct_answer. Give pictures by file path.',
      },
    );
    const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: options.asksOthers };
    server.registerTool(
      'score_answer',
      {
        title: 'Check an answer against a picture',
        description: `Scores every word of a text about a picture, from 0 (made up) to 1 (supported), and lists the words that the picture does not support. Scorer: ${scorer.name}. It says so where it cannot judge a picture. Offsets are UTF-16. It changes nothing.`,
        inputSchema: scoreInput,
        outputSchema: scoreOutput,
        annotations: { ...annotations, idempotentHint: true },
      },
      told(score),
    );
    server.registerTool(
      'correct_answer',
      {
        title: 'Correct an answer against a picture',
        description: `Finds the words of a text that the picture does not support and replaces only those; gives the corrected text and every change. Scorer: ${scorer.name}; rewriter: ${rewriter.name}. The report is kept for an hour. It changes no file.`,
        inputSchema: correctInput,
        outputSchema: correctOutput,
        annotations: { ...annotations, idempotentHint: false },
      },
      told(correctAnswer),
    );
    server.registerTool(
      'explain_report',
      {
        title: 'Explain a correction',
        description:
          'What was flagged, changed, and tried and taken back in each round of a correction, with what was seen in the picture.',
        inputSchema: explainInput,
        outputSchema: explainOutput,
        annotations: { ...annotations, idempotentHint: true, openWorldHint: false },
      },
      told(explainReport),
    );
    server.registerResource(
      'report',
      new ResourceTemplate(`${scheme}{id}`, { list: undefined }),
      { title: 'Report of a correction', mimeType: 'application/json' },
      (uri, { id }) => {
        const report = reports.get(String(id));
        if (report === undefined) throw new ResourceNotFoundError(uri.href);
        return { contents: [{ uri: uri.href, mimeType: 'application/json', text: report }] };
      },
    );
    return server;
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

import { breather } from '../base/breathe.js';
import { errorMessage } from '../base/errors.js';
import { redact } from '../base/redact.js';
import type { Framing } from '../wire/framing.js';
import type { WireProtocol } from '../wire/protocols.js';
import { withholds } from './correct-answers.js';
import { type CompactReport, type KeepReports, type ResponseReport, withoutKeys } from './report.js';
import { blockQueue, mostHeld } from './stream-queue.js';
import { type StreamTextOptions, streamTexts } from './stream-texts.js';

/** The upstream broke off: it closed the connection, sent nothing for too long, or stopped inside an event. */
export class UpstreamFailure extends Error {}

export interface StreamCall extends Omit<StreamTextOptions, 'signal' | 'alternatives'> {
  protocol: WireProtocol;
  framing: Framing;
  /** Of the call: what must not be quoted in a report. */
  headers: Headers;
  /** Of the caller. */
  signal?: AbortSignal;
  announce(report: ResponseReport): void;
  keep?: KeepReports;
}

/**
 * The body of a streamed answer with its texts corrected. Events keep their order, names and ids; events in which nothing
 * changes keep their bytes. An event goes out as soon as every text in it and before it is judged. Whatever comes in goes
 * out, as it came where it cannot be judged, unless it is withheld (`failClosed`), and then an error event says so.
 */
export async function* correctedBlocks(
  chunks: AsyncGenerator<Uint8Array>,
  call: StreamCall,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { protocol, framing, options, id } = call;
  const texts = streamTexts({ ...call, signal, alternatives: protocol.alternatives });
  const splitter = framing.splitter();
  const breathe = breather(signal);
  /** Why the stream did not come to its end, and whether words were withheld for it. */
  let broken: { reason: string; withheld: boolean } | undefined;

  const reports = () => {
    const { answers, details } = texts.reports();
    return withoutKeys({ reports: answers, details }, call.headers);
  };
  const finalReport = () => (texts.ended && texts.changed ? reports().reports : undefined);

  const queue = blockQueue({ protocol, framing, options, signal, texts, finalReport });
  const { seen } = queue;

  /** What the upstream sent, judged block by block. A fault of the correction costs the correction, not the block. */
  async function* judged(): AsyncGenerator<Uint8Array> {
    const failOpen = (error: unknown) => {
      if (signal.aborted || withholds(error, options)) throw error;
      texts.giveUp('failed', errorMessage(error));
    };
    for await (const chunk of chunks) {
      for (const block of splitter.push(chunk)) {
        await queue.take(block).catch(failOpen);
        yield* queue.release();
        await breathe();
      }
      if (splitter.waiting <= mostHeld) continue;
      queue.giveUp(`an event is longer than ${mostHeld} bytes`);
      yield* queue.release();
      yield splitter.rest();
      return yield* chunks;
    }
    const rest = splitter.rest();
    if (rest.length > 0) {
      const { event, whole } = framing.readRest(rest);
      if (event && !whole && !seen.closed) throw new UpstreamFailure('the upstream ended in the middle of an event');
      await queue.take(rest, event).catch(failOpen);
    }
    if (splitter.open && !seen.closed && seen.last)
      throw new UpstreamFailure('the upstream ended in the middle of its answer');
    await texts.end('all').catch(failOpen);
    yield* queue.releaseAll();
  }

  function breakOff(error: unknown, withheld: boolean): Uint8Array {
    const reason = redact(errorMessage(error), call.headers);
    broken = { reason, withheld };
    const message = withheld ? `vlm-detective withheld the rest of the answer: ${reason}` : reason;
    const { name, data } = protocol.errorEvent(message, withheld ? 'correction_failed' : 'upstream_failed', seen.last);
    return framing.lastBlock(data, name, !seen.sent);
  }

  try {
    yield* judged();
  } catch (error) {
    if (signal.aborted) {
      texts.giveUp('aborted', 'the client went away');
      throw error;
    }
    if (!(error instanceof UpstreamFailure)) {
      yield breakOff(error, true);
      return;
    }
    try {
      await texts.end('all');
      yield* queue.releaseAll();
    } catch (cause) {
      if (signal.aborted) throw cause;
      yield breakOff(cause, true);
      return;
    }
    yield breakOff(error, false);
  } finally {
    chunks.return(undefined).catch(() => {});
    const { reports: done, details } = reports();
    const answers = done.map((report) => {
      const told = seen.unread === undefined ? report : unreadReport(report, seen.unread);
      return broken ? brokenReport(told, broken) : told;
    });
    if (seen.answer !== undefined) call.keep?.(seen.answer, answers);
    const { model } = call.reading;
    call.announce({ id, protocol: protocol.name, ...(model === undefined ? {} : { model }), answers, details });
  }
}

function brokenReport(
  report: CompactReport,
  { reason, withheld }: { reason: string; withheld: boolean },
): CompactReport {
  return withheld ? { ...report, status: 'failed', reason } : { ...report, reason: report.reason ?? reason };
}

/** Nothing is called judged or empty of which some went out unread. */
function unreadReport(report: CompactReport, reason: string): CompactReport {
  return report.status === 'skipped'
    ? { ...report, status: 'failed', reason }
    : { ...report, reason: report.reason ?? reason };
}

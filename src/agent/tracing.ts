import { isDetectiveError } from '../base/errors.js';

type Attributes = Record<string, string | number | boolean>;
type Api = typeof import('@opentelemetry/api');

/** What can be said of a piece of work while it runs. Names, numbers and codes only: never a text, a picture or a key. */
export interface TraceSpan {
  set(attributes: Attributes): void;
  event(name: string, attributes: Attributes): void;
}

const nobody: TraceSpan = { set() {}, event() {} };

/** Undefined before the first look; null where the package is not installed. */
let api: Api | null | undefined;

/**
 * Runs `work` inside an OpenTelemetry span where `@opentelemetry/api` is installed; else just runs it. A failure is told by
 * its code in `error.type`: messages may quote what must not leave the process.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: TraceSpan) => Promise<T>,
  kind: 'internal' | 'client' = 'internal',
): Promise<T> {
  if (api === undefined) api = await import('@opentelemetry/api').catch(() => null);
  if (!api) return work(nobody);
  const { SpanKind, SpanStatusCode, trace } = api;
  const options = { attributes, kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL };
  return trace.getTracer('vlm-detective').startActiveSpan(name, options, async (span) => {
    const fail = (type: string) => {
      span.setAttribute('error.type', type);
      span.setStatus({ code: SpanStatusCode.ERROR });
    };
    try {
      return await work({
        set({ 'error.type': type, ...rest }) {
          span.setAttributes(rest);
          if (type !== undefined) fail(String(type));
        },
        event: (event, about) => span.addEvent(event, about),
      });
    } catch (error) {
      fail(errorType(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The code or the class of an error, as `error.type` wants it. */
export function errorType(error: unknown): string {
  if (isDetectiveError(error)) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}

type Attributes = Record<string, string | number | boolean>;
type Api = typeof import('@opentelemetry/api');

let api: Promise<Api | null> | undefined;

/** Runs `work` inside an OpenTelemetry span where `@opentelemetry/api` is installed; else just runs it. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  api ??= import('@opentelemetry/api').catch(() => null);
  const otel = await api;
  if (!otel) return work();
  return otel.trace.getTracer('vlm-detective').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: otel.SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

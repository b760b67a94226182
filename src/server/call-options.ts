import { z } from 'zod';
import { errorMessage } from '../base/errors.js';
import type { ResponseOptions } from '../http/correct-response.js';
import { HttpError } from './http-error.js';

/** What a single call may set, by header in the proxy and by field in the server's own API. */
export const callSettings = z.object({
  threshold: z.coerce.number().min(0).max(1).optional().describe('Flag rewards at or below this.'),
  max_rounds: z.coerce.number().int().min(0).max(10).optional().describe('Rounds of rewriting at most.'),
  on_unresolved: z
    .enum(['keep', 'delete', 'hedge', 'throw'])
    .optional()
    .describe('What to do with words that stay flagged.'),
  fail_closed: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .optional()
    .describe('An error in place of the original answer where a part fails.'),
  time_ms: z.coerce.number().int().min(1).optional().describe('Time for the correction, in milliseconds.'),
});

const headerSettings = callSettings
  .extend({
    mode: z.enum(['correct', 'off']).optional(),
    stream: z.enum(['sentence', 'final', 'off']).optional(),
  })
  .strict();

export type CallSettings = z.infer<typeof callSettings>;
export type HeaderSettings = z.infer<typeof headerSettings>;

/** Headers of this prefix are for the server, and go no further. */
export const settingPrefix = 'x-detective-';
/** Carries the key of the server itself. */
export const keyHeader = `${settingPrefix}key`;

/** @throws HttpError 400 for a header that is not known, or a value that is none. */
export function settingsFromHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderSettings {
  const raw: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(settingPrefix) && name !== keyHeader) {
      raw[name.slice(settingPrefix.length).replaceAll('-', '_')] = value;
    }
  }
  const found = headerSettings.safeParse(raw);
  if (found.success) return found.data;
  throw new HttpError(400, `headers ${settingPrefix}*: ${errorMessage(z.prettifyError(found.error))}`);
}

/** The options of the server with those of one call over them. A call can make the time shorter, not longer. */
export function withSettings<T extends Omit<ResponseOptions, 'rewriter'>>(options: T, settings: CallSettings): T {
  const { threshold, max_rounds, on_unresolved, fail_closed, time_ms } = settings;
  const timeMs = Math.min(time_ms ?? Number.POSITIVE_INFINITY, options.budget?.timeMs ?? Number.POSITIVE_INFINITY);
  return {
    ...options,
    ...(threshold === undefined ? {} : { threshold }),
    ...(max_rounds === undefined ? {} : { maxRounds: max_rounds }),
    ...(on_unresolved === undefined ? {} : { onUnresolved: on_unresolved }),
    ...(Number.isFinite(timeMs) ? { budget: { ...options.budget, timeMs } } : {}),
    failClosed: options.failClosed === true || fail_closed === true,
  };
}

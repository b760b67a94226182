import { z } from 'zod';
import { errorMessage } from '../base/errors.js';
import type { ResponseOptions } from '../http/correct-response.js';
import { HttpError } from './http-error.js';

/** A number as JSON or a header has it. Nothing else is one: `Number` makes 0 of null, "" and [], and 1 of true. */
const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const number = (rule: z.ZodNumber, what: string) =>
  z.union([rule, z.string().regex(numeral).transform(Number).pipe(rule)], `must be ${what}`).nullish();

/** What a single call may set, by header in the proxy and by field in the server's own API. null: the server's own. */
export const callSettings = z.object({
  threshold: number(z.number().min(0).max(1), 'a number from 0 to 1').describe('Flag rewards at or below this.'),
  max_rounds: number(z.number().int().min(0).max(10), 'a whole number from 0 to 10').describe(
    'Rounds of rewriting at most.',
  ),
  min_judged: number(z.number().min(0).max(1), 'a number from 0 to 1').describe(
    'The share of content words that must have been judged for an answer to be called clean.',
  ),
  on_unresolved: z
    .enum(['keep', 'delete', 'hedge', 'throw'])
    .nullish()
    .describe('What to do with words that stay flagged.'),
  fail_closed: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], 'must be true or false')
    .nullish()
    .describe('An error in place of the original answer where a part fails.'),
  time_ms: number(z.number().int().min(1), 'a whole number of 1 or more').describe(
    'Time for the correction, in milliseconds.',
  ),
});

const headerSettings = callSettings
  .extend({
    mode: z.enum(['correct', 'off']).optional(),
    stream: z.enum(['sentence', 'final', 'off']).optional(),
  })
  .strict();

export type CallSettings = z.infer<typeof callSettings>;
export type HeaderSettings = z.infer<typeof headerSettings>;

/** Settings of a call by their names on the command line. */
export const overridable = [
  'mode',
  'threshold',
  'max-rounds',
  'min-judged',
  'on-unresolved',
  'fail-closed',
  'stream',
  'time-ms',
] as const;
export type Overridable = (typeof overridable)[number];

/** Headers of this prefix are for the server, and go no further. */
export const settingPrefix = 'x-detective-';
/** Carries the key of the server itself. */
export const keyHeader = `${settingPrefix}key`;

/**
 * Holds the settings of a call to those that the operator leaves to callers. A stream that is not corrected is a call that
 * is not.
 *
 * @throws HttpError 403 for one that is not.
 */
export function checkOverrides(settings: HeaderSettings, allowed: readonly Overridable[]): void {
  for (const [field, value] of Object.entries(settings)) {
    const name = field === 'stream' && value === 'off' ? 'mode' : (field.replaceAll('_', '-') as Overridable);
    if (value === undefined || value === null || allowed.includes(name)) continue;
    throw new HttpError(
      403,
      `a call may not set ${name} on this server: leave it out, or have the server started with --allow-overrides ${name}`,
    );
  }
}

/**
 * @throws HttpError 400 for a header that is not known, or a value that is none; 403 for a setting that callers may not
 * change.
 */
export function settingsFromHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  allowed: readonly Overridable[],
): HeaderSettings {
  const raw: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(settingPrefix) && name !== keyHeader) {
      raw[name.slice(settingPrefix.length).replaceAll('-', '_')] = value;
    }
  }
  const found = headerSettings.safeParse(raw);
  if (!found.success) {
    throw new HttpError(400, `headers ${settingPrefix}*: ${errorMessage(z.prettifyError(found.error))}`);
  }
  checkOverrides(found.data, allowed);
  return found.data;
}

/** The options of the server with those of one call over them. A call can make the time shorter, not longer, and ask
 * for more to be judged, not for less. */
export function withSettings<T extends Omit<ResponseOptions, 'rewriter'>>(options: T, settings: CallSettings): T {
  const { threshold, max_rounds, min_judged, on_unresolved, fail_closed, time_ms } = settings;
  const timeMs = Math.min(time_ms ?? Number.POSITIVE_INFINITY, options.budget?.timeMs ?? Number.POSITIVE_INFINITY);
  return {
    ...options,
    ...(threshold == null ? {} : { threshold }),
    ...(max_rounds == null ? {} : { maxRounds: max_rounds }),
    ...(min_judged == null ? {} : { minJudged: Math.max(min_judged, options.minJudged ?? 0) }),
    ...(on_unresolved == null ? {} : { onUnresolved: on_unresolved }),
    ...(Number.isFinite(timeMs) ? { budget: { ...options.budget, timeMs } } : {}),
    failClosed: options.failClosed === true || fail_closed === true,
  };
}

import * as z from 'zod';
import type { Read } from '../../models/ask-usable.js';
import { parseJsonReply } from '../../models/json-reply.js';
import { oneLine } from '../findings/place-findings.js';

/** What was found of a claim: P(the picture shows it), null where that cannot be told; and why, in the model's words. */
export interface Opinion {
  p: number | null;
  reason?: string;
}

export const verdictSchema = z.object({
  verdicts: z.array(
    z.object({
      claim: z.int(),
      verdict: z.enum(['supported', 'contradicted', 'cannot tell']),
      confidence: z.number(),
      reason: z.string(),
    }),
  ),
});

/** How sure a verdict without a confidence is taken to be. */
const assumed = 0.9;

/**
 * The opinions of a reply with verdicts on `count` claims, by number, else in order; also as a bare list of words or lines
 * like `2. contradicted`. A claim without a verdict is not judged.
 */
export function readVerdicts(reply: string | null, count: number): Read<Opinion[]> {
  const json = parseJsonReply(reply);
  const list = Array.isArray(json)
    ? json
    : Object.values((json as object | null | undefined) ?? {}).find(Array.isArray);
  const items: unknown[] = list ?? [...(reply ?? '').matchAll(line)].map(({ groups }) => ({ ...groups }));
  const opinions: Opinion[] = Array.from({ length: count }, () => ({ p: null }));
  let read = 0;
  items.forEach((item, index) => {
    const fields = (typeof item === 'object' && item !== null ? item : { verdict: item }) as Record<string, unknown>;
    const number = Number(fields.claim ?? fields.id ?? fields.number ?? index + 1);
    if (!Number.isInteger(number) || number < 1 || number > count) return;
    const verdict = verdictOf(fields.verdict ?? fields.label ?? fields.answer);
    if (verdict === undefined) return;
    read++;
    const confidence = fields.confidence === undefined ? Number.NaN : Number(fields.confidence);
    const sure = confidence >= 0 && confidence <= 1 ? 0.5 + confidence / 2 : assumed;
    const reason = typeof fields.reason === 'string' ? oneLine(fields.reason) : '';
    opinions[number - 1] = {
      p: verdict === null ? null : clamp(verdict ? sure : 1 - sure),
      ...(reason === '' ? {} : { reason }),
    };
  });
  return read > 0 ? { value: opinions } : { reason: 'it had no verdicts' };
}

const line =
  /^\W*(?<claim>\d+)[.):\s-]+.*?\b(?<verdict>supported|contradicted|cannot tell|can't tell|yes|no|true|false)\b/gim;
/** No verdict is beyond doubt. */
const clamp = (p: number): number => Math.min(0.99, Math.max(0.01, p));

/** Supported, contradicted, or null for neither; undefined for a word that is no verdict. */
function verdictOf(word: unknown): boolean | null | undefined {
  if (typeof word === 'boolean') return word;
  if (typeof word !== 'string') return undefined;
  const said = word.trim().toLowerCase();
  if (/^(?:cannot|can['’]?t|unsure|unknown|unclear|not sure|undetermined|neutral|insufficient)/.test(said)) return null;
  if (/^(?:contradict|not supported|unsupported|false|no\b|wrong|refuted|absent)/.test(said)) return false;
  if (/^(?:support|true|yes\b|correct|entail|present)/.test(said)) return true;
  return undefined;
}

/** Several verdicts on one claim as one: the mean of those that tell, drawn a little towards the middle as they are few. */
export function pooled(samples: readonly Opinion[]): Opinion {
  const told = samples.filter((sample): sample is Opinion & { p: number } => sample.p !== null);
  if (told.length === 0) return samples[0] ?? { p: null };
  if (samples.length === 1) return told[0]!;
  const yes = told.filter(({ p }) => p > 0.5).length;
  const side = yes * 2 >= told.length;
  const reason = told.find(({ p }) => p > 0.5 === side)?.reason;
  // Laplace's rule of succession, with half a sample on either side (Jeffreys)
  return { p: (yes + 0.5) / (told.length + 1), ...(reason === undefined ? {} : { reason }) };
}

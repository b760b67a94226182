import { wholeJson } from '../text/json-leaves.js';
import type { JsonObject } from '../wire/json-path.js';

/** The object or array that an answer holds, in a Markdown fence or not, or undefined for any other text. */
export function parseStructured(text: string): object | undefined {
  try {
    const { start, end } = wholeJson(text) ?? { start: 0, end: text.length };
    const value: unknown = JSON.parse(text.slice(start, end));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a value satisfies the JSON schema of a call; undefined where there is none that can be read. */
export async function schemaValidator(
  schema: JsonObject | undefined,
): Promise<((value: unknown) => boolean) | undefined> {
  if (schema === undefined) return undefined;
  const { fromJSONSchema } = await import('zod');
  try {
    const validator = fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]);
    return (value) => validator.safeParse(value).success;
  } catch {
    return undefined;
  }
}

/**
 * The last guard of invariant 7: why a corrected JSON answer must not go out, or undefined where it may. A text that
 * was not JSON before is not held to anything, nor is one to a schema that it did not satisfy before.
 */
export function whyNotStructured(
  original: string,
  corrected: string,
  satisfies: ((value: unknown) => boolean) | undefined,
): string | undefined {
  const before = parseStructured(original);
  if (before === undefined || original === corrected) return undefined;
  const after = parseStructured(corrected);
  if (after === undefined) return 'the corrected answer was no longer JSON, so the original is kept';
  if (satisfies?.(before) && !satisfies(after)) {
    return 'the corrected answer no longer satisfied the JSON schema of the call, so the original is kept';
  }
  return undefined;
}

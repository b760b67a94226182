import type { JsonObject } from './json-path.js';

function parse(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The last guard of invariant 7: why a corrected JSON answer must not go out, or undefined where it may. A text that
 * was not JSON before is not held to anything, nor is one to a schema that it did not satisfy before.
 */
export async function whyNotStructured(
  original: string,
  corrected: string,
  schema: JsonObject | undefined,
): Promise<string | undefined> {
  const before = parse(original);
  if (before === undefined || original === corrected) return undefined;
  const after = parse(corrected);
  if (after === undefined) return 'the corrected answer was no longer JSON, so the original is kept';
  if (schema === undefined) return undefined;
  const { fromJSONSchema } = await import('zod');
  let validator: ReturnType<typeof fromJSONSchema>;
  try {
    validator = fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]);
  } catch {
    return undefined;
  }
  return validator.safeParse(before.value).success && !validator.safeParse(after.value).success
    ? 'the corrected answer no longer satisfied the JSON schema of the call, so the original is kept'
    : undefined;
}

/** A JSON object as it came off the wire: nothing about it is known yet. */
export type JsonObject = Record<string, unknown>;
export type JsonPath = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of an array, with their places; empty where the value is no array. */
export function objectsOf(value: unknown): { index: number; value: JsonObject }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => (isObject(item) ? [{ index, value: item }] : []));
}

/** What stands at a path, or undefined. Own properties only. */
export function getIn(value: unknown, path: JsonPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** A copy of the value with another value at a path; what is off the path is shared, not copied. */
export function setIn<T>(value: T, path: JsonPath, leaf: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return leaf as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[key] = setIn(copy[key], rest, leaf);
  return copy as T;
}

/** Parses a JSON object; undefined where the text is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const secretHeaders = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie'];
const secretShapes = /\b(?:sk|pk|rk|gsk|xai|hf|key)[-_][A-Za-z0-9*_-]{8,}|\bBearer\s+[^\s"',;]+/gi;

/** Takes a call's own keys, and whatever else looks like one, out of a text that people will read. */
export function redact(text: string, headers: Headers): string {
  let clean = text;
  for (const name of secretHeaders) {
    const value = headers.get(name)?.replace(/^(?:Bearer|Basic)\s+/i, '');
    if (value !== undefined && value.length >= 4) clean = clean.replaceAll(value, '[redacted]');
  }
  return clean.replace(secretShapes, '[redacted]');
}

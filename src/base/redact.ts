const out = '[redacted]';

const secretHeaders = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie'];

/** OpenAI's and Anthropic's own, and what others put before theirs. */
const skKey = /(?<![A-Za-z0-9])sk[-_]((?:[A-Za-z0-9*_-]|\.{2,}){8,})/g;
const prefixedKey =
  /(?<![A-Za-z0-9])(?:gsk|hf|xai|pplx|r8|nvapi|gh[a-z]|github_pat|glpat|xox[a-z])[-_]([A-Za-z0-9*_-]{10,})/gi;
/** Prefixes that are words as well. */
const wordedKey = /(?<![A-Za-z0-9])(?:pk|rk|key|api|token)[-_]([A-Za-z0-9*_-]{10,})/gi;
/** Known by their beginning alone: Google's, Amazon's, and signed tokens. */
const fixedKey =
  /(?<![A-Za-z0-9])(?:AIza[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|ya29\.[\w.-]{10,}|eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?)/g;
const inUrl = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"<>]+@/gi;
const inQuery =
  /([?&](?:key|api[-_]?key|token|access[-_]?token|auth[-_]?token|sig|signature|secret|client[-_]?secret|password)=)[^\s&#"'<>]+/gi;
const scheme = /\b((?:Bearer|Basic)\s+["'`]?)([\w.~+/=*-]{4,})/gi;
const header =
  /\b((?:x-api-key|api-key|x-goog-api-key|(?:proxy-)?authorization|cookie)["'`]?\s*[:=]\s*["'`]?)([\w.~+/=*-]{4,})/gi;
/** "Incorrect API key provided: …", "token=…", "password …". */
const named =
  /\b((?:key|token|secret|password|credentials?)(?:\s+(?:provided|given|used|is|was))?["'`]?\s*[:=]?\s*["'`(]?)([\w.~+/=*-]{8,})/gi;

/**
 * Takes what nobody may read out of a text for people: the given keys, what has the shape of a provider's key, the
 * credentials of a URL. Words stay: `token classification` is none, and neither is `key-value store`.
 *
 * @param known A call's headers, or its keys.
 */
export function redact(text: string, known: Headers | readonly (string | undefined)[] = []): string {
  let clean = text;
  for (const secret of known instanceof Headers ? secretsOf(known) : known)
    if (secret !== undefined && secret.length >= 4 && secret !== 'none') clean = without(clean, secret);
  return clean
    .replace(inUrl, '$1')
    .replace(inQuery, `$1${out}`)
    .replace(fixedKey, out)
    .replace(skKey, (found, body: string) => (/[0-9*A-Z]/.test(body) || hasLongRun(body) ? out : found))
    .replace(prefixedKey, (found, body: string) => (isRandom(body) || isMixed(body) || hasLongRun(body) ? out : found))
    .replace(wordedKey, (found, body: string) => (isRandom(body) ? out : found))
    .replace(scheme, hideUnlessWord)
    .replace(header, hideUnlessWord)
    .replace(named, (found, before: string, value: string) => (isRandom(value) ? before + hidden(value) : found));
}

function secretsOf(headers: Headers): string[] {
  return secretHeaders.flatMap((name) => headers.get(name)?.replace(/^(?:Bearer|Basic)\s+/i, '') ?? []);
}

/** A short key is taken out where it stands by itself: `test` is no part of `latest`. */
function without(text: string, secret: string): string {
  if (secret.length >= 8) return text.replaceAll(secret, out);
  const literal = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g'), out);
}

/** A run as long as no word is. */
const hasLongRun = (text: string) => /[A-Za-z0-9]{16}/.test(text);

/** Letters with digits, stars or capitals among them in one run of ten, as no word and no model's name has. */
function isRandom(text: string): boolean {
  return text
    .split(/[^A-Za-z0-9*]+/)
    .some(
      (run) =>
        run.length >= 10 && /[A-Za-z]/.test(run) && (/[0-9*]/.test(run) || (/[a-z]/.test(run) && /.[A-Z]/.test(run))),
    );
}

/** Long, of digits and both cases: a key whose runs are cut by hyphens. */
const isMixed = (text: string) => text.length >= 24 && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);

function hideUnlessWord(found: string, before: string, value: string): string {
  return /^[A-Z]?[a-z]{0,17}[.-]*$|^[A-Z]{1,18}[.-]*$/.test(value) ? found : before + hidden(value);
}

/** The point that ends a sentence is no part of a key. */
const hidden = (value: string) => out + /\.*$/.exec(value)![0];

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/base/redact.js';
import { runs } from '../fixtures/runs.js';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const alphanumeric = `${lower}${lower.toUpperCase()}0123456789`;
const of = (characters: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length });
const prefixed = (prefix: string, characters: string, length: number) =>
  of(characters, length).map((body) => prefix + body);

/** As the providers make them. */
const keys = fc.oneof(
  prefixed('sk-', alphanumeric, 48),
  prefixed('sk-proj-', `${alphanumeric}_-`, 80),
  prefixed('sk-ant-api03-', `${alphanumeric}_-`, 90),
  prefixed('sk-or-v1-', '0123456789abcdef', 64),
  prefixed('gsk_', alphanumeric, 52),
  prefixed('gsk_', lower, 16),
  prefixed('hf_', alphanumeric, 34),
  prefixed('hf_', lower, 34),
  prefixed('AIza', `${alphanumeric}_-`, 35),
  prefixed('xai-', alphanumeric, 80),
  prefixed('pplx-', alphanumeric, 48),
  prefixed('r8_', alphanumeric, 37),
  prefixed('nvapi-', `${alphanumeric}_-`, 64),
  prefixed('ghp_', alphanumeric, 36),
  prefixed('AKIA', `${lower.toUpperCase()}234567`, 16),
  fc
    .tuple(of(`${alphanumeric}_-`, 30), of(`${alphanumeric}_-`, 60), of(`${alphanumeric}_-`, 43))
    .map(([head, body, signature]) => `eyJ${head}.${body}.${signature}`),
);

const messages: ((key: string) => string)[] = [
  (key) => `Incorrect API key provided: ${key}. You can find your API key at the dashboard.`,
  (key) => `bad token ${key}`,
  (key) => JSON.stringify({ error: { message: `invalid x-api-key "${key}"`, type: 'authentication_error' } }),
  (key) => `401 (${key}) is not valid, check the key`,
  (key) => `POST /v1/models?key=${key}&alt=json failed`,
  (key) => `GET https://host/v1?alt=sse&api_key=${key} refused`,
  (key) => `Authorization: Bearer ${key}`,
  (key) => `{"x-api-key":"${key}","accept":"application/json"}`,
  (key) => `https://user:${key}@host:8443/v1 refused the connection`,
  (key) => `${key}\nis the key that was sent`,
];

/** Nothing of these is a secret. */
const sentences = [
  'The API endpoint /v1/chat was not found',
  'This model needs token classification support',
  'Unsupported: api deployments',
  'Maximum context: too many tokens, key concepts',
  'max_tokens=4096 and token_classification_head_v2 go with key_value_cache_dtype',
  'use hf_hub_download, a key-value-store, or the sk-learn-pipelines of pplx-70b-online',
  'Qwen/Qwen2.5-VL-72B-Instruct-AWQ does not exist at http://localhost:8000/v1',
  'Bearer token missing; Basic authentication is required; x-api-key: missing',
  'gpt-5.1, claude-sonnet-5-5, gemini-2.5-flash and meta-llama/Llama-3.2-11B-Vision-Instruct',
  'request req_7f3a failed with ECONNREFUSED 127.0.0.1:8000 after 3 retries',
  'the password is wrong; the secret was not found; a token was expected at position 17',
];

describe('redaction', () => {
  it('takes out any provider’s key, wherever it stands, and leaves the words', () => {
    fc.assert(
      fc.property(keys, fc.constantFrom(...messages), fc.constantFrom(...sentences), (key, message, sentence) => {
        const clean = redact(`${message(key)} ${sentence}`);
        expect(clean).not.toContain(key);
        // nor a part of it
        for (let at = 0; at + 12 <= key.length; at += 4) expect(clean).not.toContain(key.slice(at, at + 12));
        expect(clean.endsWith(sentence)).toBe(true);
        for (const word of message('|').match(/[a-z]{3,}/gi)!) if (word !== 'user') expect(clean).toContain(word);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('takes out what is known to be a secret, whatever it looks like', () => {
    expect(redact('for MyOwnPlainSecret: no', ['MyOwnPlainSecret', undefined, ''])).toBe('for [redacted]: no');
    const headers = new Headers({ authorization: 'Bearer plain', 'x-api-key': 'quux', cookie: 'session=abc; b=c' });
    expect(redact('plain, quux, explain, session=abc; b=c', headers)).toBe(
      '[redacted], [redacted], explain, [redacted]',
    );
    expect(redact('none of them', ['none'])).toBe('none of them');
  });

  it.each(sentences)('leaves "%s" as it is', (sentence) => expect(redact(sentence)).toBe(sentence));

  it('takes user and password out of addresses, and keeps the address', () => {
    expect(redact('http://user:secret@host/v1 and redis://:pa@ss@queue:6379/0 refused')).toBe(
      'http://host/v1 and redis://queue:6379/0 refused',
    );
  });

  it('takes out keys that are shown in part', () => {
    expect(redact('Incorrect API key: sk-proj-********************wxyz.')).toBe('Incorrect API key: [redacted].');
    expect(redact('Basic dXNlcjpwYXNzd29yZA== was refused')).toBe('Basic [redacted] was refused');
  });

  it('keeps keys and passwords out of messages', () => {
    const message = redact('key sk-ant-api03-AAAABBBB at http://me:hunter2@host/v1, or MyOwnPlainSecret', [
      'MyOwnPlainSecret',
    ]);
    expect(message).not.toMatch(/AAAABBBB|hunter2|MyOwnPlainSecret/);
    expect(message).toContain('http://host/v1');
  });
});

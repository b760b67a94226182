import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dailyPlan } from '../../../annotate/plan.js';
import { type AppOptions, createApp } from '../../../annotate/server/app.js';
import { openStore, type Store } from '../../../annotate/store/store.js';
import { emptyWork } from '../../../annotate/work.js';
import { DetectiveError } from '../../../src/base/errors.js';
import { flagged, newFolder, pictureIn } from '../served.js';

let store: Store;
let logged: string[];

beforeEach(async () => {
  logged = [];
  const folder = newFolder();
  const image = await pictureIn(folder);
  store = await openStore(join(folder, 'store'));
  await store.add([
    flagged('a', image, 'A red car.', ['red']),
    flagged('gone', join(folder, 'gone.png'), 'A red car.', ['red']),
  ]);
});
afterEach(() => store.close());

function app(options: Partial<AppOptions> = {}): Hono {
  const plan = dailyPlan(store.state, { order: 'file', overlap: 1, seed: 1, goldEvery: 10, blind: 0 });
  return createApp({
    store,
    plan,
    title: 'T',
    study: false,
    loopback: true,
    scoring: () => false,
    log: (line) => logged.push(line),
    ...options,
  });
}

const ask = (one: Hono, path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  one.request(`http://127.0.0.1:8095${path}`, { ...init, headers: { host: '127.0.0.1:8095', ...init.headers } });
const put = (body: unknown, headers = {}) => ({
  method: 'PUT',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const save = { annotator: 'ann', base: 0, key: 'abcdefgh', work: emptyWork };

describe('who gets in', () => {
  test('by a foreign name of this machine: nobody', async () => {
    expect((await ask(app(), '/api/session', { headers: { host: 'evil.example:8095' } })).status).toBe(403);
  });

  test('a page of another site changes nothing', async () => {
    const one = app();
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await ask(one, '/api/items/a/work', put(save, headers))).status).toBe(403);
    expect(store.state.items.get('a')!.people.size).toBe(0);
    expect((await ask(one, '/api/items/a/work', put(save, { origin: 'http://127.0.0.1:8095' }))).status).toBe(200);
  });

  test('beyond this machine who has the token, which then leaves the address', async () => {
    const one = app({ loopback: false, token: 'a-token-of-24-bytes-or-so' });
    const headers = { host: 'team.example:8095' };
    expect((await ask(one, '/', { headers })).status).toBe(401);
    expect((await ask(one, '/api/session?token=wrong', { headers })).status).toBe(401);
    const first = await ask(one, '/?token=a-token-of-24-bytes-or-so&annotator=ann', { headers });
    expect([first.status, first.headers.get('location')]).toEqual([302, '/?annotator=ann']);
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict/);
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    expect((await ask(one, '/api/session', { headers: { ...headers, cookie } })).status).toBe(200);
  });

  test('nothing from elsewhere may run, load or frame it', async () => {
    const { headers } = await ask(app(), '/api/session');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('what cannot be done is said', () => {
  test.each([
    ['an answer that is not there', '/api/items/b/work', put(save), 400, /no item "b"/],
    [
      'a mark that fits nothing',
      '/api/items/a/work',
      put({
        ...save,
        work: { ...emptyWork, marks: [{ start: 0, end: 3, text: 'red', decision: 'wrong', source: 'person' }] },
      }),
      400,
      /does not fit/,
    ],
    ['no JSON', '/api/items/a/work', put('{'), 400, /no JSON/],
    ['no name', '/api/items/a/work', put({ ...save, annotator: ' ' }), 400, /annotator/],
    ['a name with a line break', '/api/items/a/work', put({ ...save, annotator: 'a\nb' }), 400, /control characters/],
    [
      'too much',
      '/api/items/a/work',
      put({ ...save, work: { ...emptyWork, comment: 'x'.repeat(5 << 20) } }),
      413,
      /over 4 MiB/,
    ],
    [
      'a picture that is gone',
      '/api/items/gone/picture',
      {},
      404,
      /^the file is missing or is no picture: skip this answer/,
    ],
  ] as const)('%s', async (_, path, init, status, message) => {
    const reply = await ask(app(), path, init);
    expect([reply.status, await reply.json()]).toEqual([status, { error: expect.stringMatching(message) }]);
  });

  test('where it happened goes to whoever runs the page, not to the people at it', async () => {
    const [picture, full] = [new DetectiveError('store-failed', '/srv/lab/events.jsonl could not be written')].flatMap(
      (failure) => [app(), app({ store: { ...store, save: () => Promise.reject(failure) } })],
    );
    const gone = (await (await ask(picture!, '/api/items/gone/picture')).json()) as { error: string };
    const unsaved = await ask(full!, '/api/items/a/work', put(save));
    const { error } = (await unsaved.json()) as { error: string };
    expect(unsaved.status).toBe(507);
    for (const text of [gone.error, error]) expect(text).not.toMatch(/\//);
    expect(error).toMatch(/kept in this browser: tell whoever runs/);
    expect(logged).toEqual([expect.stringMatching(/gone\.png/), expect.stringMatching(/\/srv\/lab\/events\.jsonl/)]);
  });

  test('a version that another saved meanwhile comes back with what was saved', async () => {
    const one = app();
    await ask(one, '/api/items/a/work', put({ ...save, work: { ...emptyWork, comment: 'first' } }));
    const reply = await ask(
      one,
      '/api/items/a/work',
      put({ ...save, key: 'another-key', work: { ...emptyWork, comment: 'second' } }),
    );
    expect([reply.status, await reply.json()]).toEqual([409, { version: 1, work: { ...emptyWork, comment: 'first' } }]);
  });
});

test('the overview of the team explains "n/a" only where it stands', async () => {
  const overview = async () => (await ask(app(), '/team')).text();
  const mark = { start: 2, end: 5, text: 'red', decision: 'wrong', source: 'person' };
  const done = (annotator: string, key: string, base: number, marks: object[]) =>
    ask(app(), '/api/items/a/work', put({ annotator, base, key, work: { ...emptyWork, status: 'done', marks } }));
  await done('ann', 'key-of-ann', 0, []);
  await done('bob', 'key-of-bob', 0, []);
  expect(await overview()).toContain('n/a: nobody marked anything');
  await done('ann', 'key-of-ann-2', 1, [mark]);
  await done('bob', 'key-of-bob-2', 1, [mark]);
  expect(await overview()).not.toContain('n/a');
});

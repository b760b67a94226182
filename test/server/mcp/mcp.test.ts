import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ScoreRequest } from '../../../src/scorer/scorer.js';
import { mcpServers } from '../../../src/server/mcp/create-mcp-server.js';
import { mcpEndpoint } from '../../../src/server/mcp/mcp-http.js';
import { wholeLines } from '../../../src/server/mcp/whole-lines.js';
import { badWords, dictionary } from '../../agent/doubles.js';
import { pixel } from '../proxy-server.js';

/** The protocol of 2025, which most clients open with, and that of 2026. */
const eras = [
  ['2025', {}],
  ['2026', { versionNegotiation: { mode: 'auto' } }],
] as const;

let root: string;
beforeAll(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vlm-detective-mcp-')));
  root = join(folder, 'root');
  mkdirSync(join(root, 'deep'), { recursive: true });
  mkdirSync(join(folder, 'root-beside'));
  const bytes = Buffer.from(pixel.slice(pixel.indexOf(',') + 1), 'base64');
  for (const path of ['root/in.png', 'root/deep/in.png', 'secret.png', 'root-beside/secret.png'])
    writeFileSync(join(folder, path), bytes);
  symlinkSync(join(folder, 'secret.png'), join(root, 'link.png'));
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Options = Parameters<typeof mcpServers>[0];

function endpoint(options: Partial<Options> = {}, key?: string) {
  const build = mcpServers({
    version: '1.2.3',
    scorer: badWords('red'),
    rewriter: dictionary({ red: 'blue' }),
    roots: [root],
    imageUrls: undefined,
    asksOthers: false,
    ...options,
  });
  return mcpEndpoint(build, key);
}

async function connect(era: object, options: Partial<Options> = {}) {
  const answer = endpoint(options);
  const client = new Client({ name: 'test', version: '1' }, era);
  const url = new URL('http://localhost/mcp');
  const fetch = (at: string | URL, init?: RequestInit) => {
    const request = new Request(at, init);
    request.headers.set('host', 'localhost');
    return answer(request);
  };
  await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
  closing.push(() => client.close());
  return client;
}

type Content = { type: string; text?: string; uri?: string }[];
const firstText = (result: { content?: unknown }) => (result.content as Content)[0]!.text!;

it('keeps a bound on harm, whatever threshold a call names', async () => {
  const lowest = [0.05, 0.05, 0.05, ...Array.from({ length: 97 }, () => 0.4)];
  const scorer = { ...badWords('red'), threshold: 0.5, harm: { answers: 400, lowest, set: 'answers of a test' } };
  const client = await connect(eras[1][1], { scorer, maxHarm: 0.02 });
  const call = { image: join(root, 'in.png'), answer: 'A red bus.', threshold: 0.9 };
  const { structuredContent } = await client.callTool({ name: 'score_answer', arguments: call });
  expect((structuredContent as { threshold: number }).threshold).toBeLessThan(0.4);
});

describe.each(eras)('MCP of %s', (_name, era) => {
  it('lists three tools that change nothing, each with what it takes and gives', async () => {
    const { tools } = await (await connect(era)).listTools();
    expect(tools.map(({ name }) => name)).toEqual(['score_answer', 'correct_answer', 'explain_report']);
    for (const { annotations, inputSchema, outputSchema, description } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, openWorldHint: false });
      expect([inputSchema.type, outputSchema?.type, description!.length < 2000]).toEqual(['object', 'object', true]);
    }
  });

  it('names the words that the picture does not support, with their places', async () => {
    const client = await connect(era);
    const result = await client.callTool({
      name: 'score_answer',
      arguments: { image: 'in.png', answer: 'The 🚌 bus is red.' },
    });
    expect(firstText(result)).toMatch(/^Not supported by the picture: "red" \(0\.\d\d\)/);
    expect(result.structuredContent).toMatchObject({ spans: [{ start: 14, end: 17, text: 'red' }], abstained: null });
    expect(result.structuredContent).not.toHaveProperty('tokens');
    const words = await client.callTool({
      name: 'score_answer',
      arguments: { image: 'in.png', answer: 'It is red.', detail: 'words' },
    });
    expect((words.structuredContent as { tokens: unknown[] }).tokens.length).toBeGreaterThan(2);
  });

  it('corrects, tells how far it is, keeps the report as a resource and explains it', async () => {
    const client = await connect(era);
    const progress: string[] = [];
    const result = await client.callTool(
      { name: 'correct_answer', arguments: { image: pixel, answer: 'The bus is red.', question: 'Which colour?' } },
      { onprogress: ({ message }) => progress.push(String(message)) },
    );
    expect(firstText(result)).toMatch(/^The bus is blue\.\n/);
    expect(result.structuredContent).toMatchObject({
      original: 'The bus is red.',
      response: 'The bus is blue.',
      status: 'clean',
      edits: [{ start: 11, end: 14, from: 'red', to: 'blue' }],
      spans: [],
    });
    expect(progress).toContain('round 1: 1 flagged');
    const { uri } = (result.content as Content).find(({ type }) => type === 'resource_link')!;
    const { contents } = await client.readResource({ uri: uri! });
    const report = JSON.parse((contents[0] as { text: string }).text);
    const { id } = result.structuredContent as { id: string };
    const explained = await client.callTool({ name: 'explain_report', arguments: { id, round: 1 } });
    expect(explained.structuredContent).toEqual({ ...report, rounds: [report.rounds[0]] });
    expect(firstText(explained)).toContain('changed "red" to "blue"');
  });

  it('says how to put it right where a report is gone, no picture is named, or the answer is too long', async () => {
    const client = await connect(era);
    const call = async (name: string, given: Record<string, unknown>) => {
      const result = await client.callTool({ name, arguments: given });
      return [result.isError, firstText(result)];
    };
    expect(await call('explain_report', { id: 'x' })).toEqual([true, expect.stringMatching(/kept for an hour/)]);
    expect(await call('score_answer', { answer: 'A dog.' })).toEqual([true, 'name a picture: image or images']);
    expect(await call('score_answer', { image: 'in.png', answer: 'a'.repeat(20_001) })).toEqual([
      true,
      expect.stringMatching(/split the answer/),
    ]);
    await expect(client.readResource({ uri: 'vlm-detective://report/none' })).rejects.toThrow();
  });
});

// a client of 2025 says that it gives up in a call of its own, which another server of the factory gets
it('stops the scorer where the client gives up', async () => {
  let seen: AbortSignal | undefined;
  const waits = {
    name: 'waits',
    score: ({ signal }: ScoreRequest) => {
      seen = signal;
      return new Promise<never>((_, reject) => signal!.addEventListener('abort', () => reject(new Error('gone'))));
    },
  };
  const client = await connect(eras[1][1], { scorer: waits });
  const abort = new AbortController();
  const call = client.callTool(
    { name: 'score_answer', arguments: { image: pixel, answer: 'A dog.' } },
    { signal: abort.signal },
  );
  await expect.poll(() => seen).toBeDefined();
  abort.abort();
  await expect(call).rejects.toThrow();
  await expect.poll(() => seen!.aborted).toBe(true);
});

describe('pictures that a model names', () => {
  const asked = async (image: string, options: Partial<Options> = {}) => {
    const client = await connect({}, options);
    const result = await client.callTool({ name: 'score_answer', arguments: { image, answer: 'It is red.' } });
    return result.isError ? firstText(result) : 'read';
  };

  it('are read below the roots: by relative path, whole path, or file: URL', async () => {
    expect(await asked('in.png')).toBe('read');
    expect(await asked('deep/../in.png')).toBe('read');
    expect(await asked(join(root, 'deep', 'in.png'))).toBe('read');
    expect(await asked(pathToFileURL(join(root, 'in.png')).href)).toBe('read');
    expect(await asked('in.png', { roots: [join(root, 'deep'), root] })).toBe('read');
  });

  it('are refused outside in the same words as those that are not there', async () => {
    const without = (text: string, name: string) => text.replaceAll(JSON.stringify(name), 'X');
    const missing = without(await asked('none.png'), 'none.png');
    expect(missing).toMatch(/there is no picture X below the folders of --root/);
    const outside = ['../secret.png', '../root-beside/secret.png', 'link.png', '/etc/passwd', '.', 'deep', 'a\0b'];
    for (const name of outside) expect([name, without(await asked(name), name)]).toEqual([name, missing]);
  });

  it('need a root, or leave to fetch', async () => {
    expect(await asked('in.png', { roots: [] })).toMatch(/start the server with --root/);
    expect(await asked('http://169.254.169.254/x.png')).toMatch(/--allow-image-urls/);
    expect(await asked('http://169.254.169.254/x.png', { imageUrls: {} })).toMatch(/address/);
  });
});

describe('MCP over HTTP', () => {
  const ask = (headers: Record<string, string>, key?: string, url = 'http://localhost/mcp') =>
    endpoint(
      {},
      key,
    )(
      new Request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      }),
    ).then(({ status }) => status);

  it('is kept from pages of others, and from names that are rebound to this machine', async () => {
    expect(await ask({ host: 'localhost:8091' })).toBe(200);
    expect(await ask({ host: 'localhost:8091', origin: 'http://evil.example' })).toBe(403);
    expect(await ask({ host: 'evil.example' })).toBe(403);
  });

  it('asks for the key where there is one', async () => {
    const key = 'a-key-of-16-characters';
    expect(await ask({ host: 'box.lan' }, key)).toBe(401);
    expect(await ask({ host: 'box.lan', authorization: 'Bearer wrong' }, key)).toBe(401);
    expect(await ask({ host: 'box.lan', authorization: `Bearer ${key}` }, key)).toBe(200);
  });
});

describe('messages over standard input', () => {
  const run = async (chunks: readonly string[], limit?: number) => {
    const refused: [string | number, number][] = [];
    const stream = wholeLines((id, bytes) => refused.push([id, bytes]), limit);
    const out: string[] = [];
    stream.on('data', (line: Buffer) => out.push(line.toString()));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    await new Promise((resolve) => stream.once('end', resolve));
    return { out, refused };
  };

  it('come out line by line, however they came in', async () => {
    expect((await run(['{"a"', ':1}\n{"b":', '2}\n{"c":3}'])).out).toEqual(['{"a":1}\n', '{"b":2}\n', '{"c":3}']);
  });

  it('that are too long are answered by their id, and the next one goes on', async () => {
    const long = `{"method":"x","params":"${'y'.repeat(3000)}","jsonrpc":"2.0","id":`;
    const chunks = [...`${long}7}\n{"id":"q","params":"${'z'.repeat(3000)}"}\n{"id":1}\n`]
      .join('')
      .match(/.{1,97}|\n/gs)!;
    const { out, refused } = await run(chunks, 1000);
    expect(out).toEqual(['{"id":1}\n']);
    expect(refused.map(([id]) => id)).toEqual([7, 'q']);
  });
});

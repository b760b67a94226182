import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { takeLock } from '../../src/base/file-lock.js';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { openaiDialect, silence, startModelServer } from '../rewriters/model-server.js';
import { parsed, vlmDetective, workFolder, writeItems } from './command-line.js';

let quick: string[];
let server: Awaited<ReturnType<typeof startModelServer>>;
let hanging: string[];
beforeAll(async () => {
  quick = ['--scorer', `tldr:${await tinyModel()}`];
});
beforeEach(async () => {
  const red = openaiDialect.reply(JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] }));
  server = await startModelServer([red, red, silence]);
  hanging = [...quick, '--concurrency', '1', '--rewriter', `openai:m@${server.url}/v1`];
});
afterEach(() => server.stop());

const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `n${n}`, image: 'red.png', response: `A green dog ${n}.` }));

async function prepare(count = 6) {
  const folder = await workFolder();
  const input = writeItems(folder, numbered(count));
  return { folder, input, output: join(folder, 'out.jsonl') };
}

/** Starts a run whose rewriter hangs at the third item, and stops it there. */
async function interrupt(args: string[], signal: NodeJS.Signals) {
  const stop = new AbortController();
  const end = vlmDetective(['correct', ...args, ...hanging], { signal: stop.signal });
  await vi.waitFor(() => expect(server.calls).toHaveLength(3), { timeout: 30_000, interval: 5 });
  stop.abort(signal);
  return end;
}

describe('a broken run', () => {
  it.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s goes on with --resume: every item once, in order, as if it had not been broken', async (signal, code) => {
    const { input, output } = await prepare();
    const broken = await interrupt(['--input', input, '--output', output], signal);
    expect(broken.code).toBe(code);
    expect(broken.stderr).toBe('stopped after 2 items: go on with the same command and --resume\n');
    expect(parsed(readFileSync(output, 'utf8')).map(({ id }) => id)).toEqual(['n0', 'n1']);
    const again = ['correct', '--input', input, '--output', output, '--resume', '--rewriter', 'local', ...quick];
    const { code: done, stderr } = await vlmDetective(again);
    expect({ done, stderr }).toEqual({ done: 0, stderr: '' });
    const results = parsed(readFileSync(output, 'utf8'));
    expect(results.map(({ id }) => id)).toEqual(numbered(6).map(({ id }) => id));
    expect(results.map(({ response }) => response)).toEqual(
      numbered(6).map((_, n) => (n < 2 ? `A red dog ${n}.` : `A dog ${n}.`)),
    );
    expect(results.map(({ rewriter }) => rewriter === 'local')).toEqual([false, false, true, true, true, true]);
  });

  it('stopped without --output says how it could have gone on', async () => {
    const { input } = await prepare();
    const { code, stdout, stderr } = await interrupt(['--input', input, '--json'], 'SIGINT');
    expect(code).toBe(130);
    expect(stderr).toBe('stopped after 2 items: with --output FILE a stopped run can go on (--resume)\n');
    expect(parsed(stdout).map(({ id }) => id)).toEqual(['n0', 'n1']);
  });

  it('leaves a report of what was done before Ctrl-C', async () => {
    const { folder, input } = await prepare();
    const report = join(folder, 'report.html');
    await interrupt(['--input', input, '--json', '--report', report], 'SIGINT');
    const html = readFileSync(report, 'utf8');
    expect(html.match(/<article>/g)).toHaveLength(2);
    expect(html.endsWith('</html>\n')).toBe(true);
  });
});

describe('--output', () => {
  const resume = async (written: string | Buffer) => {
    const { input, output } = await prepare(3);
    writeFileSync(output, written);
    const result = await vlmDetective(['score', '--input', input, '--output', output, '--resume', ...quick]);
    return { ...result, content: readFileSync(output, 'utf8') };
  };
  const line = (id: string, response = 'x') => `${JSON.stringify({ id, response })}\n`;

  it('is not written over', async () => {
    const { input, output } = await prepare(1);
    writeFileSync(output, 'precious');
    const { code, stderr } = await vlmDetective(['score', '--input', input, '--output', output, ...quick]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/out\.jsonl exists: add --resume to go on with it, or remove it/);
    expect(readFileSync(output, 'utf8')).toBe('precious');
  });

  it('is begun where --resume finds nothing', async () => {
    const { input, output } = await prepare(3);
    const { code } = await vlmDetective(['score', '--input', input, '--output', output, '--resume', ...quick]);
    expect(code).toBe(0);
    expect(parsed(readFileSync(output, 'utf8'))).toHaveLength(3);
  });

  it.each([
    ['in the middle', '{"id":"n1","respo'],
    ['in its id', '{"i'],
    ['inside a character', Buffer.from('{"id":"n1","response":"caf\xc3', 'latin1')],
  ])('loses a last line torn %s, and does that item again', async (_, torn) => {
    const { code, content } = await resume(
      Buffer.concat([Buffer.from(line('n0', 'with \u2028 inside')), Buffer.from(torn)]),
    );
    expect(code).toBe(0);
    expect(parsed(content).map(({ id }) => id)).toEqual(['n0', 'n1', 'n2']);
    expect(parsed(content)[0]!.response).toBe('with \u2028 inside');
  });

  it('keeps a last line that only lacks its line end', async () => {
    const { content } = await resume(line('n0') + line('n1').trimEnd());
    expect(parsed(content).map(({ id }) => id)).toEqual(['n0', 'n1', 'n2']);
    expect(parsed(content)[1]!.response).toBe('x');
  });

  it('does nothing where all is done', async () => {
    const all = line('n0') + line('n1') + line('n2');
    expect(await resume(all)).toMatchObject({ code: 0, content: all });
  });

  it.each([
    ['notes', 'Dear diary,\nit rained.'],
    ['other JSON lines', '{"name":"a"}\n{"name":"b"}\n'],
    ['a broken line in the middle', `${line('n0')}{"id":"n1\n${line('n2')}`],
  ])('that holds %s is refused and left as it is', async (_, written) => {
    const { code, stderr, content } = await resume(written);
    expect(code).toBe(2);
    expect(stderr).toMatch(/out\.jsonl line \d is no result of an earlier run: give --output another file/);
    expect(content).toBe(written);
  });

  it('is never the input', async () => {
    const { input } = await prepare(2);
    const before = readFileSync(input, 'utf8');
    const { code, stderr } = await vlmDetective(['score', '--input', input, '--output', input, '--resume', ...quick]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is both --input and --output/);
    expect(readFileSync(input, 'utf8')).toBe(before);
  });

  it('does as many items of one id as there are', async () => {
    const folder = await workFolder();
    const twice = { id: 'same', image: 'red.png', response: 'A red dog.' };
    const input = writeItems(folder, [twice, twice, twice]);
    const output = join(folder, 'out.jsonl');
    writeFileSync(output, line('same'));
    await vlmDetective(['score', '--input', input, '--output', output, '--resume', ...quick]);
    expect(parsed(readFileSync(output, 'utf8'))).toHaveLength(3);
  });

  it('that two go on with at once is the business of the first', async () => {
    const { input, output } = await prepare(1);
    const again = ['score', '--input', input, '--output', output, '--resume', ...quick];
    const release = await takeLock(`${output}.lock`, () => 'busy');
    writeFileSync(output, '');
    const { code, stderr } = await vlmDetective(again);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/is writing .*out\.jsonl: wait/) });
    expect(readFileSync(output, 'utf8')).toBe('');
    await release();
    expect((await vlmDetective(again)).code).toBe(0);
    expect(existsSync(`${output}.lock`)).toBe(false);
  });

  it.each(['score', 'correct'])('of %s says so where there are other answers under the same ids', async (command) => {
    const { folder, input, output } = await prepare(3);
    const again = [command, '--input', input, '--output', output, '--resume', ...quick];
    expect((await vlmDetective(again)).code).toBe(0);
    const before = readFileSync(output, 'utf8');
    expect((await vlmDetective(again)).code).toBe(0);
    writeItems(
      folder,
      numbered(3).map((item, n) => (n < 1 ? item : { ...item, response: 'A red cat.' })),
    );
    const { code, stderr } = await vlmDetective(again);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/item n1 has another answer/) });
    expect(stderr.match(/another answer/g)).toHaveLength(1);
    expect(readFileSync(output, 'utf8')).toBe(before);
  });

  it('knows ids of any length, and gives back what stood in the line', async () => {
    const { input, output } = await prepare(1);
    const line = (id: string, rest: string) => `{"id":${id}, "image":"red.png",${rest} "response":"A green dog."}\n`;
    const lines = [
      line('12345678901234567890', '"label":"no","question_id": 1.0,'),
      line('12345678901234567891', '"score":  {"a": [1e400, "}"]},'),
      line('7', ''),
      line('"7b"', '"n":-0,'),
    ];
    writeFileSync(input, lines.join(''));
    const run = ['score', '--input', input, '--output', output, ...quick];
    expect((await vlmDetective(run)).code).toBe(0);
    const written = readFileSync(output, 'utf8');
    const begins = [
      '{"id":12345678901234567890,"label":"no","question_id":1.0,"response":',
      '{"id":12345678901234567891,"input":{"score":{"a": [1e400, "}"]}},"response":',
      '{"id":7,"response":',
      '{"id":"7b","n":-0,"response":',
    ];
    for (const [nth, text] of written.trimEnd().split('\n').entries()) expect(text.startsWith(begins[nth]!)).toBe(true);
    expect((await vlmDetective([...run, '--resume'])).code).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe(written);
  });
});

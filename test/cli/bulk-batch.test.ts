import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { correct } from '../../src/agent/correct.js';
import type { BatchProvider } from '../../src/bulk/batch-lines.js';
import { batchRewriter } from '../../src/bulk/batch-rewriter.js';
import { parseQueueUrl } from '../../src/bulk/redis-queue.js';
import { tldrScorer } from '../../src/scorer/tldr/tldr-scorer.js';
import { plainPng, tinyModel } from '../fixtures/tiny/tiny-model.js';

/** What a provider's batch gives back for a file of requests: the same edit for each, out of order. */
function runBatch(provider: BatchProvider, requests: string): string {
  const reply = JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] });
  const lines = requests.trim().split('\n').reverse();
  return lines
    .map((line) => {
      const { custom_id } = JSON.parse(line) as { custom_id: string };
      return JSON.stringify(
        provider === 'openai'
          ? {
              id: 'r',
              custom_id,
              response: {
                status_code: 200,
                body: {
                  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: reply } }],
                },
              },
              error: null,
            }
          : {
              custom_id,
              result: {
                type: 'succeeded',
                message: { stop_reason: 'end_turn', content: [{ type: 'text', text: reply }] },
              },
            },
      );
    })
    .join('\n');
}

describe.each(['openai', 'anthropic'] as const)('rewriting by batch files of %s', (provider) => {
  it('writes what is to be asked, uses what was answered, and ends when nothing is left', async () => {
    const scorer = await tldrScorer(await tinyModel());
    const folder = await mkdtemp(join(tmpdir(), 'batch-'));
    const red = await plainPng('#f00');
    const run = async (cycle: number, results: string[]) => {
      const requests = join(folder, `requests-${cycle}.jsonl`);
      const rewriter = await batchRewriter({ provider, model: 'm', requests, results, maxLines: 2 });
      const answers = await Promise.all(
        ['A green dog.', 'A blue dog.', 'A green cat.', 'A red dog.'].map((response) =>
          correct({ images: [red], response }, { scorer, rewriter }),
        ),
      );
      return { answers, ...(await rewriter.finish()) };
    };
    const first = await run(1, []);
    expect(first).toMatchObject({ requests: 3, answered: 0 });
    expect(first.files).toHaveLength(2);
    expect(first.answers.map(({ response }) => response)).toEqual([
      'A green dog.',
      'A blue dog.',
      'A green cat.',
      'A red dog.',
    ]);
    const written = await Promise.all(first.files.map((file) => readFile(file, 'utf8')));
    const ids = written.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line).custom_id as string);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,64}$/);
    const results = join(folder, 'results.jsonl');
    await writeFile(results, written.map((text) => runBatch(provider, text)).join('\n'));
    const second = await run(2, [results]);
    expect(second).toMatchObject({ requests: 0, answered: 3 });
    expect(second.answers.map(({ response }) => response)).toEqual([
      'A red dog.',
      'A red dog.',
      'A red cat.',
      'A red dog.',
    ]);
    await scorer.close!();
  });

  it('refuses results that are none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'batch-'));
    const results = join(folder, 'results.jsonl');
    await writeFile(results, '{"hello": "world"}\n');
    await expect(
      batchRewriter({ provider, model: 'm', requests: join(folder, 'out.jsonl'), results: [results] }),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/line 1 is no result/) });
  });
});

describe('the address of a queue', () => {
  it('is read whole, and shown without its password', () => {
    const address = parseQueueUrl('rediss://me:s%40cret@redis.example:6380/2?name=captions');
    expect(address).toMatchObject({
      connection: { host: 'redis.example', port: 6380, db: 2, username: 'me', password: 's@cret', tls: {} },
      name: 'captions',
    });
    expect(address.shown).not.toContain('cret');
    for (const wrong of ['http://localhost', 'redis://', 'redis://h/x', 'redis://h?name=a%20b'])
      expect(() => parseQueueUrl(wrong)).toThrow(/--queue must look like/);
  });
});

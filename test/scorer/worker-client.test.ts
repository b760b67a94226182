import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startWorker } from '../../src/scorer/tldr/worker-client.js';
import type { WorkerSetup } from '../../src/scorer/tldr/worker-messages.js';

const setup: WorkerSetup = {
  imageEncoder: '',
  rewardDecoder: '',
  threads: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** A real worker thread that answers with its thread id, and does what the key says first. */
const obedient = `
  import { parentPort, threadId } from 'node:worker_threads';
  parentPort.on('message', ({ id, type, items }) => {
    if (type === 'close') return parentPort.close();
    const order = items[0].ids;
    if (order === 'throw') throw new Error('out of luck');
    if (order === 'exit') process.exit(3);
    if (order === 'wait') return;
    parentPort.postMessage({ id, logits: [threadId] });
  });`;

async function client() {
  const file = join(await mkdtemp(join(tmpdir(), 'worker-')), 'worker.mjs');
  await writeFile(file, obedient);
  const worker = startWorker(setup, file);
  return { ...worker, order: (order: string) => worker.send({ type: 'decode', items: [{ ids: order }] as never }) };
}

const threadOf = (reply: object) => (reply as { logits: unknown[] }).logits[0];

describe('a worker that dies', () => {
  it.each([
    ['throw', /out of luck/],
    ['exit', /stopped with code 3/],
  ])('fails all that it had in hand (%s), and the next request gets a new worker', async (order, message) => {
    const { order: give, close } = await client();
    const first = threadOf(await give('answer'));
    expect(threadOf(await give('answer'))).toBe(first);
    const lost = await Promise.allSettled([give('wait'), give(order), give('wait')]);
    for (const result of lost) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'scorer-failed', message: expect.stringMatching(message) },
      });
    }
    const replies = await Promise.all([give('answer'), give('answer'), give('answer')]);
    const threads = new Set(replies.map(threadOf));
    expect(threads.size).toBe(1);
    expect(threads).not.toContain(first);
    await close();
  });

  it('is not started for ever', async () => {
    const { order: give, close } = await client();
    for (let n = 0; n < 3; n++) await expect(give('throw')).rejects.toThrow(/out of luck/);
    await expect(give('answer')).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/died 3 times in a row.*out of luck/),
    });
    await close();
  });

  it('may die any number of times with answers between', async () => {
    const { order: give, close } = await client();
    for (let n = 0; n < 5; n++) {
      await expect(give('exit')).rejects.toThrow(/code 3/);
      await give('answer');
    }
    await close();
  });

  it('is closed: what it had in hand fails, and nothing hangs', async () => {
    const { order: give, close } = await client();
    const waiting = give('wait');
    const outcome = expect(waiting).rejects.toMatchObject({ message: 'the scorer was closed' });
    await close();
    await outcome;
    await expect(give('answer')).rejects.toMatchObject({ message: 'the scorer was closed' });
  });

  it('says what to do where it was never built', async () => {
    const worker = startWorker(setup, '/nowhere/worker.js');
    await expect(worker.send({ type: 'decode', items: [] })).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/\/nowhere\/worker\.js is missing: run `npm run build`/),
    });
  });
});

import { expect, it } from 'vitest';
import { makePool } from '../../src/scorer/tldr/pool.js';
import type { WorkerClient } from '../../src/scorer/tldr/worker-client.js';
import type { WorkerReply } from '../../src/scorer/tldr/worker-messages.js';

it('a short answer waits for no crowd of long ones, and every run has its bound', async () => {
  const runs: number[][] = [];
  const worker: WorkerClient = {
    async send(request): Promise<WorkerReply> {
      if (request.type === 'encode') return { id: 0, features: { data: new Float32Array(1), rows: 1, width: 1 } };
      runs.push(request.items.map(({ ids }) => ids.length));
      await new Promise((resolve) => setImmediate(resolve));
      return { id: 0, logits: request.items.map(({ ids }) => new Float32Array(ids.length)) };
    },
    close: async () => {},
  };
  const pool = makePool([worker], 1 << 20);
  const image = { key: 'a', pixels: async () => ({ data: new Uint8Array(3), size: [1, 1] as [number, number] }) };
  const ask = (nth: number, length: number) =>
    pool.decode({ image, ids: Array.from({ length }, () => nth), prefix: 0 });
  const long = Array.from({ length: 100 }, (_, nth) => ask(nth, 250));
  while (runs.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const before = runs.length;
  expect(await ask(1000, 9)).toHaveLength(9);
  // the run under way, one in its turn, and its own
  expect(runs.length - before).toBeLessThanOrEqual(3);
  await Promise.all([...long, ask(1001, 4000)]);
  expect(runs.flat()).toHaveLength(102);
  for (const run of runs) expect(run.length === 1 || Math.max(...run) * run.length <= 2048).toBe(true);
});

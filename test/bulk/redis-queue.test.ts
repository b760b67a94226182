import { expect, it, vi } from 'vitest';
import { loadBullMq } from '../../src/bulk/redis-queue.js';

vi.mock('ioredis', () => {
  throw new Error("Cannot find package 'ioredis'");
});

it('names the client of Redis that BullMQ loads by itself, where only that is missing', async () => {
  await expect(import('bullmq')).resolves.toHaveProperty('Queue');
  await expect(loadBullMq()).rejects.toMatchObject({
    code: 'missing-dependency',
    message: expect.stringContaining('(npm install bullmq ioredis)'),
  });
});

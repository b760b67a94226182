import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { workFolder, writeItems } from './command-line.js';
import { buildCommandLine, ended, start } from './process.js';

vi.setConfig({ testTimeout: 900_000 });

const count = Number(process.env.BULK_ITEMS ?? 5000);
const kills = Number(process.env.BULK_KILLS ?? 10);
const redisServer = '/usr/bin/redis-server';

let scorer: string;
beforeAll(async () => {
  await buildCommandLine();
  scorer = `tldr:${await tinyModel()}`;
});

async function prepare() {
  const folder = await workFolder();
  const items = Array.from({ length: count }, (_, n) => ({
    id: `n${n}`,
    image: n % 2 ? 'red.png' : 'green.png',
    response: n % 10 ? `A dog ${n}.` : `A red dog ${n}.`,
  }));
  return { input: writeItems(folder, items), output: join(folder, 'out.jsonl') };
}

async function idsOf(file: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const line of createInterface(createReadStream(file))) {
    const { id, error } = JSON.parse(line) as { id: string; error?: unknown };
    expect(error).toBeUndefined();
    ids.push(id);
  }
  return ids;
}

const expected = () => Array.from({ length: count }, (_, n) => `n${n}`);
const sizeOf = (file: string) => (existsSync(file) ? statSync(file).size : 0);

/** Waits until the output has grown by about so many bytes since, or the child has ended. */
async function grown(file: string, bytes: number, child: ChildProcess): Promise<void> {
  const from = sizeOf(file);
  const late = Date.now() + 60_000;
  while (sizeOf(file) < from + bytes && child.exitCode === null && Date.now() < late) await sleep(5);
}

/** A line of output has about so many bytes. */
const lineBytes = 170;
/** Kills fall at random into the run, and leave something to do for each that follows. */
const somewhere = () => Math.random() * (count / (kills + 1)) * lineBytes;

describe(`${count} items, and kill -9 ${kills} times at random moments`, () => {
  it('alone: every item stands once in the output, in order', async () => {
    const { input, output } = await prepare();
    const args = ['correct', '--input', input, '--output', output, '--scorer', scorer, '--rewriter', 'local'];
    let killed = 0;
    for (; killed < kills; killed++) {
      const child = start(killed === 0 ? args : [...args, '--resume']);
      const end = ended(child);
      await grown(output, somewhere(), child);
      if (child.exitCode !== null) break;
      child.kill('SIGKILL');
      await end;
    }
    const { code, stderr } = await ended(start([...args, '--resume']));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await idsOf(output)).toEqual(expected());
    expect(killed).toBe(kills);
  });

  describe.skipIf(!existsSync(redisServer))('with three workers on Redis', () => {
    let redis: ChildProcess;
    let url: string;
    const workers = new Set<ChildProcess>();
    beforeAll(async () => {
      const port = await freePort();
      const folder = mkdtempSync(join(tmpdir(), 'redis-'));
      redis = spawn(redisServer, ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
        stdio: 'ignore',
      });
      url = `redis://127.0.0.1:${port}?name=kill`;
      await sleep(500);
    });
    afterAll(() => {
      for (const worker of workers) worker.kill('SIGKILL');
      redis.kill('SIGKILL');
    });

    const startWorker = () => {
      const worker = start([
        'worker',
        '--queue',
        url,
        '--scorer',
        scorer,
        '--rewriter',
        'local',
        '--concurrency',
        '16',
      ]);
      worker.stdout.resume();
      worker.stderr.resume();
      workers.add(worker);
      worker.once('exit', () => workers.delete(worker));
      return worker;
    };

    it('workers and the process that hands out are killed in turn: every item stands once, in order', async () => {
      const { input, output } = await prepare();
      const args = ['correct', '--input', input, '--output', output, '--queue', url, '--concurrency', '128'];
      for (let n = 0; n < 3; n++) startWorker();
      let driver = start(args);
      let end = ended(driver);
      let killed = 0;
      for (; killed < kills; killed++) {
        await grown(output, somewhere(), driver);
        if (driver.exitCode !== null) break;
        if (killed % 3 === 2) {
          driver.kill('SIGKILL');
          await end;
          driver = start([...args, '--resume']);
          end = ended(driver);
        } else {
          const victims = [...workers];
          victims[Math.floor(Math.random() * victims.length)]!.kill('SIGKILL');
          startWorker();
        }
      }
      const { code, stderr } = await end;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await idsOf(output)).toEqual(expected());
      expect(killed).toBe(kills);
    });
  });
  if (!existsSync(redisServer)) console.warn(`${redisServer} is missing: apt-get install redis-server`);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

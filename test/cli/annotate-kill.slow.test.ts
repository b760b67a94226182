import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it, vi } from 'vitest';
import { readRecords } from '../../annotate/records.js';
import { readStore, stores } from '../../annotate/store/store.js';
import { workFolder, writeItems } from './command-line.js';
import { buildCommandLine, start } from './process.js';

vi.setConfig({ testTimeout: 900_000 });

/** More: ANNOTATE_KILLS=50 npx vitest run test/cli/annotate-kill.slow.test.ts */
const kills = Number(process.env.ANNOTATE_KILLS ?? 3);

beforeAll(buildCommandLine);

it.each(stores)(
  'a %s store has every change that was acknowledged, however often the server is killed',
  async (database) => {
    const folder = await workFolder();
    writeItems(folder, [{ id: 'a', image: 'red.png', response: 'A red car.' }]);
    const args = [
      'annotate',
      '--store',
      'work',
      '--database',
      database,
      '--no-open',
      '--port',
      '0',
      '--scorer',
      'none',
    ];
    let acknowledged = 0;
    let sent = 0;
    for (let kill = 0; kill <= kills; kill++) {
      const server = start(kill === 0 ? [...args, '--input', 'items.jsonl'] : args, { cwd: folder });
      let errors = '';
      server.stderr.on('data', (text) => {
        errors += text;
      });
      const ended = once(server, 'close');
      const url = await new Promise<string>((resolve, reject) => {
        createInterface(server.stdout).once('line', resolve);
        server.once('close', () => reject(new Error(errors)));
      });
      const view = (await (await fetch(`${url}api/items/a?annotator=ann`)).json()) as {
        version: number;
        work: { comment?: string };
      };
      // what was sent last may be there without an answer
      expect(view.version).toBeGreaterThanOrEqual(acknowledged);
      expect(view.version).toBeLessThanOrEqual(sent);
      expect(view.work.comment).toBe(view.version === 0 ? undefined : String(view.version));
      let base = view.version;
      sent = base;
      acknowledged = base;
      if (kill === kills) {
        server.kill('SIGTERM');
        expect(await ended).toEqual([0, null]);
        break;
      }
      for (;;) {
        sent = base + 1;
        const body = {
          annotator: 'ann',
          base,
          key: `change ${sent} of life ${kill}`,
          work: { marks: [], verdict: null, status: 'open', comment: String(sent) },
        };
        const reply = await fetch(`${url}api/items/a/work`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).catch(() => undefined);
        // refused is another thing than cut off
        if (reply && !reply.ok) throw new Error(await reply.text());
        if (!reply?.ok) break;
        base = ((await reply.json().catch(() => ({ version: base }))) as { version: number }).version;
        // from its first change on, at any moment
        if (acknowledged === view.version) void sleep(Math.random() * 300).then(() => server.kill('SIGKILL'));
        acknowledged = base;
      }
      server.kill('SIGKILL');
      expect(await ended).toEqual([null, 'SIGKILL']);
    }
    console.log(`${database}: killed ${kills} times, ${acknowledged} changes acknowledged, all there`);
    const store = await readStore(join(folder, 'work'));
    const share = store.state.items.get('a')!.people.get('ann')!;
    for (let version = 1; version <= acknowledged; version++)
      expect((await store.version(share, version)).comment).toBe(String(version));
    for await (const { records } of readRecords(store)) expect(records).toHaveLength(1);
    await store.close();
  },
);

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatNames } from '../../annotate/formats/formats.js';
import { openStore } from '../../annotate/store/store.js';
import { emptyWork } from '../../annotate/work.js';
import { startSeer } from '../../eval/seer/seer-server.js';
import { vlmDetective, workFolder, writeItems } from './command-line.js';

/** Runs the command until it has said where it listens, and whatever is done then. */
async function annotate(
  folder: string,
  args: readonly string[],
  work: (url: string) => Promise<void> = async () => {},
) {
  const stop = new AbortController();
  const running = vlmDetective(['annotate', '--no-open', '--port', '0', ...args], { cwd: folder, signal: stop.signal });
  const ended = Symbol('ended');
  // the address is printed into a stream that is read at the end; the store tells that it is up
  const up = (async () => {
    for (;;) {
      if ((await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 20, ended))])) !== ended) return;
      if (existsSync(join(folder, 'work', 'address'))) return;
    }
  })();
  await up;
  const address = join(folder, 'work', 'address');
  try {
    if (existsSync(address)) await work(readFileSync(address, 'utf8'));
  } finally {
    stop.abort('SIGINT');
  }
  return running;
}

describe('vlm-detective annotate', () => {
  it('serves what score wrote, keeps what people do, and exports it with checked offsets', async () => {
    const folder = await workFolder();
    const response = 'A 😀 red car.';
    const spans = [{ start: 5, end: 8, text: 'red', reward: 0.1 }];
    writeItems(folder, [{ id: 7, image: 'red.png', response, spans, threshold: 0.4, scorer: 'x', mine: [1] }]);
    const { code, stdout } = await annotate(folder, ['--input', 'items.jsonl', '--store', 'work'], async (url) => {
      const ask = (path: string, method: string, body: unknown) =>
        fetch(new URL(path, url), {
          method,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then((reply) => reply.json());
      const { items } = (await ask('api/queue', 'POST', { annotator: 'ann', count: 1 })) as { items: { flags: [] }[] };
      expect(items[0]).toMatchObject({ id: '7', flags: [{ text: 'red', reward: 0.1 }], version: 0 });
      const marks = [{ start: 5, end: 8, text: 'red', decision: 'wrong', source: 'flag', replacement: 'blue' }];
      const work = { marks, verdict: 'bad', status: 'done' };
      await ask('api/items/7/work', 'PUT', { annotator: 'ann', base: 0, key: 'abcdefgh', work });
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    const out = await vlmDetective(['annotate', 'export', '--store', 'work'], { cwd: folder });
    expect(out.code).toBe(0);
    expect(JSON.parse(out.stdout)).toMatchObject({
      id: '7',
      image: join(folder, 'red.png'),
      annotator: 'ann',
      corrected: 'A 😀 blue car.',
      labels: [{ start: 5, end: 8, good: false }],
      columns: { mine: [1] },
      scorer: 'x',
    });
    const again = await vlmDetective(['annotate', 'export', '--store', 'work', '--output', 'items.jsonl'], {
      cwd: folder,
    });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/items\.jsonl exists: remove it/) });
  });

  it('exports every format, to standard output and to a file the same', async () => {
    const folder = await workFolder();
    const store = await openStore(join(folder, 'work'));
    const response = 'A 😀 red car.';
    await store.add([{ id: 'a', image: join(folder, 'red.png'), prompt: 'What is there?', response }]);
    const red = { start: 5, end: 8, text: 'red', decision: 'wrong', source: 'person', replacement: 'blue' } as const;
    const save = { item: 'a', annotator: 'ann', base: 0, after: [], key: 'abcdefgh' } as const;
    const work = { ...emptyWork, marks: [red], status: 'done' as const };
    await store.save({ ...save, work, shown: 'flags', role: 'annotate' });
    await store.close();
    expect(formatNames).toHaveLength(9);
    for (const format of formatNames) {
      const args = ['annotate', 'export', '--store', 'work', '--format', format];
      const out = await vlmDetective(args, { cwd: folder });
      expect([format, out.code, out.stderr]).toEqual([format, 0, '']);
      // the segments of M-HalDetect have no place for the words instead
      expect(out.stdout).toContain(format === 'mhal-detect' ? 'INACCURATE' : 'red');
      const file = await vlmDetective([...args, '--output', `out.${format}`], { cwd: folder });
      expect([format, file.code, file.stdout]).toEqual([format, 0, '']);
      expect(readFileSync(join(folder, `out.${format}`), 'utf8')).toBe(out.stdout);
    }
  });

  it('finds what score wrote about its items, and says where that was about another answer', async () => {
    const folder = await workFolder();
    writeItems(folder, [{ id: 'a', image: 'red.png', response: 'A red car.' }]);
    const scored = { id: 'a', response: 'A red car.', threshold: 0.5, scorer: 'x', abstained: null, score: 0.1 };
    const tokens = [
      { text: 'A', start: 0, end: 1, reward: 0.9 },
      { text: ' red', start: 1, end: 5, reward: 0.2 },
    ];
    const spans = [{ start: 2, end: 5, text: 'red', reward: 0.2 }];
    writeItems(folder, [{ ...scored, tokens, spans }], 'scored.jsonl');
    const args = ['--input', 'items.jsonl', '--scored', 'scored.jsonl', '--scorer', 'none'];
    expect(await annotate(folder, ['--store', 'work', ...args])).toMatchObject({ code: 0 });
    const { stdout } = await vlmDetective(['annotate', 'export', '--store', 'work', '--format', 'label-studio'], {
      cwd: folder,
    });
    expect(JSON.parse(stdout)[0].predictions[0]).toMatchObject({ model_version: 'x', result: [{ score: 0.2 }] });
    writeItems(folder, [{ ...scored, response: 'A blue car.', spans: [] }], 'scored.jsonl');
    const other = await annotate(folder, ['--store', 'other', ...args]);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/another answer with this id/) });
  });

  it('takes over what people did in another tool', async () => {
    const folder = await workFolder();
    const line = { id: 3, text: 'A 😀 red car.', label: [[4, 7, 'hallucination']], image: 'red.png', annotator: 'bob' };
    writeItems(folder, [line], 'doccano.jsonl');
    const input = ['--input', 'doccano.jsonl', '--input-format', 'doccano', '--scorer', 'none'];
    expect(await annotate(folder, ['--store', 'work', ...input])).toMatchObject({ code: 0 });
    // once more takes nothing twice
    expect(await annotate(folder, ['--store', 'work', ...input])).toMatchObject({ code: 0 });
    const { stdout } = await vlmDetective(['annotate', 'export', '--store', 'work', '--format', 'label-studio'], {
      cwd: folder,
    });
    const [task] = JSON.parse(stdout);
    expect(task.data.image).toBe(join(folder, 'red.png'));
    expect(task.annotations).toHaveLength(1);
    expect(task.annotations[0].result[0].value).toEqual({ start: 4, end: 7, text: 'red', labels: ['hallucination'] });
  });

  it.each([
    ['no answers', [], /holds no answers yet: give --input/],
    ['an order that is none', ['--order', 'best'], /--order/],
    ['a port that is none', ['--port', '70000'], /0 to 65535/],
    ['guidelines that are not there', ['--guidelines', 'no.md'], /no\.md cannot be read/],
  ])('says what is wrong with %s', async (_, args, message) => {
    const folder = await workFolder();
    const { code, stderr } = await annotate(folder, ['--store', 'work', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it.each([
    ['offsets of code points', { spans: [{ start: 4, end: 7, text: 'red' }] }, /"red", but there stands " re"/],
    ['a span beyond the end', { spans: [{ start: 5, end: 80 }] }, /the span 5\.\.80/],
    ['a reward of 2', { spans: [{ start: 5, end: 8, reward: 2 }] }, /spans\.0\.reward/],
  ])('refuses an item with %s, and makes no store of it', async (_, columns, message) => {
    const folder = await workFolder();
    writeItems(folder, [{ id: 'a', image: 'red.png', response: 'A 😀 red car.', ...columns }]);
    const { code, stderr } = await annotate(folder, ['--store', 'work', '--input', 'items.jsonl']);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('closes the loop: what people marked calibrates a scorer, and measures one, in a command each', async () => {
    const folder = await workFolder();
    const store = await openStore(join(folder, 'work'));
    const items = Array.from({ length: 90 }, (_, n) => ({
      id: `i${n}`,
      image: join(folder, 'red.png'),
      response: n % 3 === 0 ? 'There is a cat and a pear.' : 'There is a dog and a pear.',
    }));
    await store.add(items);
    for (const { id, response } of items) {
      const cat = { start: 11, end: 14, text: 'cat', decision: 'wrong', source: 'person', replacement: 'dog' } as const;
      const work = { ...emptyWork, marks: response.includes('cat') ? [cat] : [], status: 'done' } as const;
      const save = {
        item: id,
        annotator: 'ann',
        base: 0,
        after: [],
        key: `key of ${id}`,
        work,
        role: 'annotate',
      } as const;
      await store.save({ ...save, shown: 'flags' });
    }
    await store.close();
    const out = await vlmDetective(
      ['annotate', 'export', '--store', 'work', '--labelled', '--output', 'labels.jsonl'],
      {
        cwd: folder,
      },
    );
    expect(out).toMatchObject({ code: 0, stderr: '' });
    const seer = await startSeer({
      kind: 'ollama',
      eyes: {
        sees: async (_, said) => (said.includes('cat') ? 0.3 : 0.8),
        reads: async () => ({ response: '', tokens: [], scorer: '' }),
      },
    });
    const scorer = `claims:openai:seer@${seer.url}/v1`;
    const fitted = await vlmDetective(['calibrate', 'labels.jsonl', '--scorer', scorer, '--json'], { cwd: folder });
    expect(fitted.stderr).toBe('');
    expect(JSON.parse(fitted.stdout)).toMatchObject({ answers: 90, rightAnswers: 60, badWords: 30 });
    expect(existsSync(join(folder, 'calibration.json'))).toBe(true);
    const measured = await vlmDetective(['eval', 'tldr', '--input', 'labels.jsonl', '--scorer', scorer, '--json'], {
      cwd: folder,
    });
    expect(measured.code).toBe(0);
    await seer.stop();
  });
});

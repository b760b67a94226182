import { beforeAll, describe, expect, it } from 'vitest';
import type { HarmSummary } from '../../../eval/harm/summary.js';
import { vlmDetective, workFolder, writeItems } from '../../cli/command-line.js';
import { tinyModel } from '../../fixtures/tiny/tiny-model.js';

let folder: string;
let scorer: string;
beforeAll(async () => {
  folder = await workFolder();
  scorer = `tldr:${await tinyModel()}`;
});

const run = (...args: string[]) =>
  vlmDetective(['eval', 'harm', '--scorer', scorer, '--rewriter', 'local', ...args], { cwd: folder });

describe('vlm-detective eval harm', () => {
  it("measures answers of one's own", async () => {
    writeItems(
      folder,
      [
        { image: 'red.png', response: 'A red wall.', dress: 'plain' },
        { image: 'red.png', response: '**A red wall.**', dress: 'bold' },
        { image: 'red.png', response: 'A green wall.', right: 'A red wall.', dress: 'plain' },
      ],
      'answers.jsonl',
    );
    const { code, stdout, stderr } = await run('--input', 'answers.jsonl', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { answers, all, dresses, errors } = JSON.parse(stdout) as HarmSummary;
    expect(answers).toBe(3);
    expect(all.changed).toMatchObject({ of: 2 });
    expect(all.changed.high).toBeGreaterThan(0.5);
    expect(all.exact.of).toBe(1);
    expect(dresses.map(({ name }) => name).sort()).toEqual(['bold', 'plain']);
    expect(errors.map(({ name }) => name)).toEqual(['given']);
    const text = await run('--input', 'answers.jsonl');
    expect(text.stdout).toContain('by dress, worst first');
  });

  it('names the line that is no item', async () => {
    writeItems(folder, [{ image: 'red.png', response: 'A wall.' }, { image: 'red.png' }], 'bad.jsonl');
    const { code, stderr } = await run('--input', 'bad.jsonl');
    expect(code).toBe(2);
    expect(stderr).toContain('bad.jsonl, line 2: response');
    const missing = await run('--input', 'none.jsonl');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('none.jsonl cannot be read');
  });
});

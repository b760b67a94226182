import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parsed, vlmDetective, workFolder } from './command-line.js';

const root = join(import.meta.dirname, '..', '..');
const present = existsSync(join(root, 'models', 'tldr-scenes', 'tldr.json'));
if (!present)
  console.warn('SKIPPED: the command line with the embedded model, because models/tldr-scenes is not there');

describe.skipIf(!present)(
  'the command line with the embedded model (skipped where models/tldr-scenes is missing)',
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await workFolder();
    });

    it('corrects a set of drawn scenes offline, without a key', async () => {
      await vlmDetective(['scenes', '--count', '5', '--seed', '900001', '--size', '256..400', '--out', 'set'], {
        cwd: folder,
      });
      const { code, stdout, stderr } = await vlmDetective(['correct', '--input', 'set/items.jsonl', '--json'], {
        cwd: folder,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const results = parsed(stdout);
      expect(results.length).toBeGreaterThan(10);
      for (const { rewriter, scorer } of results) {
        expect(rewriter).toBe('local');
        expect(scorer).toMatch(/^tldr-scenes@/);
      }
      expect(results.some(({ edits }) => (edits as unknown[]).length > 0)).toBe(true);
    });
  },
);

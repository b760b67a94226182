import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const present = existsSync(join(root, 'models', 'tldr-scenes', 'tldr.json'));
if (!present) console.warn('SKIPPED: the demo, because models/tldr-scenes is not there');

describe.skipIf(!present)('the demo (skipped where models/tldr-scenes is missing)', () => {
  it('npm run demo finds planted errors, changes them, and writes its report', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['examples/demo.mjs'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', CI: '' },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/round 1: .*\[-.*-\]/);
    const html = readFileSync(join(root, 'demo-report.html'), 'utf8');
    expect(html).toContain('src="data:image/jpeg;base64,');
    expect(html).toContain('<del>');
  });
});

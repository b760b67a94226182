import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemas, schemaText } from '../scripts/write-schemas.js';
import { parsed, vlmDetective, workFolder } from './cli/command-line.js';
import { tinyModel } from './fixtures/tiny/tiny-model.js';

const folder = join(import.meta.dirname, '..', 'schemas');

describe('schemas/', () => {
  it('has each schema as the code has it: else run `npx tsx scripts/write-schemas.ts`', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(schemas)
        .map((name) => `${name}.json`)
        .sort(),
    );
    for (const name of Object.keys(schemas))
      expect(readFileSync(join(folder, `${name}.json`), 'utf8')).toBe(schemaText(name));
  });

  it.each(['score', 'correct'])('holds for what `%s --json` writes', async (command) => {
    const cwd = await workFolder();
    const scorer = `tldr:${await tinyModel()}`;
    const more = command === 'correct' ? ['--rewriter', 'local'] : [];
    const { stdout } = await vlmDetective(
      [command, 'red.png', '--text', 'A red dog.', '--json', '--scorer', scorer, ...more],
      { cwd },
    );
    const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(folder, `${command}-line.json`), 'utf8')));
    for (const line of parsed(stdout)) expect(schema.safeParse(line)).toMatchObject({ success: true });
    expect(parsed(stdout)).toHaveLength(1);
  });
});

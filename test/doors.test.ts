import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const src = join(import.meta.dirname, '../src');

/** What a module has loaded before it runs: `import … from` and `export … from`, types apart, as Biome formats them. */
function importsOf(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?!type )(?:([^;'=()]*) from )?'([^']+)';$/gm,
  );
  return [...statements].flatMap(([, names = '', module]) => {
    const listed = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(',') ?? [];
    const onlyTypes = listed.length > 0 && listed.every((name) => !name.trim() || name.trim().startsWith('type '));
    return onlyTypes ? [] : [module!];
  });
}

/** Files and packages that come with a door. */
function loadedBy(door: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) visit(resolve(dirname(file), name.replace(/\.js$/, '.ts')));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  };
  visit(join(src, door));
  return { files, packages };
}

/** To import the package takes less than to import `openai`: words, schemas, pictures and models come with the first call. */
it.each(['index.ts', 'openai.ts', 'anthropic.ts'])('%s loads what is needed at once, and nothing more', (door) => {
  const { files, packages } = loadedBy(door);
  expect(['eventsource-parser', 'lru-cache', 'p-limit']).toEqual(expect.arrayContaining([...packages]));
  expect(files.size).toBeLessThan(60);
});

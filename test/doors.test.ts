import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const src = join(import.meta.dirname, '../src');

/** What a module has loaded before it runs: `import … from` and `export … from`, types apart. */
function importsOf(file: string): string[] {
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (!(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) || !statement.moduleSpecifier)
      return [];
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement.exportClause;
    if (ts.isExportDeclaration(statement) ? statement.isTypeOnly : statement.importClause?.isTypeOnly) return [];
    const named = clause && (ts.isImportClause(clause) ? clause.namedBindings : clause);
    const names = named && (ts.isNamedImports(named) || ts.isNamedExports(named)) ? [...named.elements] : [];
    const onlyTypes = names.length > 0 && names.every(({ isTypeOnly }) => isTypeOnly);
    return onlyTypes && !(clause && ts.isImportClause(clause) && clause.name)
      ? []
      : [(statement.moduleSpecifier as ts.StringLiteral).text];
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

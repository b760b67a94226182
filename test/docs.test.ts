import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CommandFile } from '../cli/io.js';
import { type Block, blocks, commandLines, isShell, pages, root } from './fixtures/documented.js';

/** A line of shell as words: quotes are looked through, and what comes behind `#`, `|`, `>` and `&` is left. */
function words(line: string): string[] {
  const found: string[] = [];
  for (const [word] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (/^[#|>&;]/.test(word)) break;
    found.push(word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return found;
}

const commandsIn = (block: Block): string[][] =>
  commandLines(block)
    .map((line) => words(line.replace(/^(?:[A-Z_]+=\S+\s+)+/, '')))
    .map((line) => (line[0] === 'npx' ? line.slice(line[1] === '-y' ? 2 : 1) : line))
    .map((line) => (line[0] === 'node' && line[1] === 'dist/cli/main.js' ? ['vlm-detective', ...line.slice(2)] : line))
    .flatMap(([program, ...rest]) => (program === 'vlm-detective' ? [rest] : []));

/** What shows a newcomer around: each room's own page, and the pictures of the whole. */
const maps = [
  'CONTRIBUTING.md',
  'docs/architecture.md',
  ...['annotate', 'cli', 'eval', 'scenes', ...readdirSync(join(root, 'src')).map((room) => `src/${room}`)]
    .map((room) => `${room}/README.md`)
    .filter((page) => existsSync(join(root, page))),
];

const commands = blocks
  .filter(isShell)
  .flatMap((block) => commandsIn(block).map((args) => [block.page, args.join(' '), args] as const))
  .filter(([, line]) => !line.includes('…'));

describe('the documented commands', () => {
  const files: Record<string, CommandFile> = {};
  beforeAll(async () => {
    for (const name of readdirSync(join(root, 'cli', 'commands')).filter((name) => name.endsWith('.ts'))) {
      const file = (await import(join(root, 'cli', 'commands', name))) as Partial<CommandFile>;
      if (file.define) files[name.slice(0, -3)] = file as CommandFile;
    }
  });

  it('are there to be checked', () => expect(commands.length).toBeGreaterThan(30));

  it.each(commands)('%s: vlm-detective %s', async (_page, _text, args) => {
    const name = [`${args[0]}-${args[1]}`, String(args[0])].find((name) => Object.hasOwn(files, name));
    if (name === undefined) return expect(args.every((arg) => arg.startsWith('-'))).toBe(true);
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    files[name]!.define(program)
      .exitOverride()
      .action(() => {});
    const [, ...group] = name.split('-');
    const known = program.commands[0]!.name();
    await program.parseAsync([known, ...args.slice(group.length > 0 ? 2 : 1)], { from: 'user' });
  });
});

describe('the pages', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/^```.*?^```/gms, '');
    const dead = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^(?:https?|mailto):/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#') as [string, string?];
        const file = path === '' ? join(root, page) : join(root, dirname(page), path);
        if (!existsSync(file)) return true;
        return anchor !== undefined && !anchors(file).includes(anchor);
      });
    expect({ page: relative('.', page), dead }).toEqual({ page: relative('.', page), dead: [] });
  });

  it.each(maps)('%s names source files that are there', (page) => {
    const named = [...readFileSync(join(root, page), 'utf8').matchAll(/`([\w./-]+\.tsx?)`/g)].map(([, file]) => file!);
    const folders = [dirname(page), '.', 'src', 'annotate', 'annotate/formats', 'eval/benchmarks', 'scenes/captions'];
    const gone = named.filter((file) => !folders.some((folder) => existsSync(join(root, folder, file))));
    expect({ page, gone }).toEqual({ page, gone: [] });
  });

  it.each(
    blocks
      .filter(({ language, text }) => language === 'json' && !text.includes('…'))
      .map(({ page, text }) => [page, text] as const),
  )('%s: its JSON is JSON: %s', (_page, text) => {
    for (const line of text.includes('\n{') ? text.trim().split('\n') : [text]) JSON.parse(line);
  });
});

/** As GitHub makes them of headings. */
const anchors = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );

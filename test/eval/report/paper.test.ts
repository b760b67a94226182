import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barPlot } from '../../../eval/report/bar-plot.js';
import { escapeTex, tableToLatex } from '../../../eval/report/latex.js';
import { writePaper } from '../../../eval/report/paper.js';
import { readCell, type Table, tableToCsv } from '../../../eval/report/tables.js';
import { runFacts } from '../../../eval/runs/run-facts.js';
import { vlmDetective } from '../../cli/command-line.js';

const table: Table = {
  title: 'harm & repair, 100 %',
  head: ['', 'one_round', 'loop'],
  rows: [
    ['fixed, %', '48.3 (40.1 to 56.5)', '.728 (.684–.774) n=75'],
    ['less, "a" \\ b', '+1.2 (-0.3 to 2.7), p .031', '–'],
    ['answers', '1,250', '462 (2 / 0)'],
  ],
};

test('a figure, its interval, its cases and its p are columns of their own', () => {
  expect(tableToCsv(table, ['seed: 1\n#x'])).toBe(
    [
      '# harm & repair, 100 %',
      '# seed: 1 #x',
      ',one_round,one_round low,one_round high,one_round p,loop,loop low,loop high,loop n',
      '"fixed, %",48.3,40.1,56.5,,0.728,0.684,0.774,75',
      '"less, ""a"" \\ b",+1.2,-0.3,2.7,0.031,,,,',
      'answers,1250,,,,462 (2 / 0),,,',
      '',
    ].join('\n'),
  );
});

test('LaTeX is a booktabs table with what was run above it; nothing of a cell is read as a command', () => {
  const tex = tableToLatex(table, ['seed: 1'], 'harm');
  expect(tex).toContain('% seed: 1\n% \\usepackage{booktabs}\n\\begin{table}[t]');
  expect(tex).toContain('\\caption{harm \\& repair, 100 \\%}');
  expect(tex).toContain('fixed, \\% & 48.3 {\\scriptsize(40.1--56.5)} & .728 {\\scriptsize(.684--.774)} n=75 \\\\');
  expect(tex).toContain('& one\\_round & loop \\\\');
  expect(escapeTex('a\\b{c}$d^e~f#g')).toBe(
    'a\\textbackslash{}b\\{c\\}\\$d\\textasciicircum{}e\\textasciitilde{}f\\#g',
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      // every special symbol that is left has a backslash before it
      expect(escapeTex(text).replace(/\\text\w+\{\}|\\[&%$#_{}]|\$-\$|-\{\}(?=-)|^\{\}/g, '')).not.toMatch(
        /[\\&%$#_{}~^]/,
      );
    }),
  );
});

test('what pdfLaTeX stops at, or takes for an option of the line above, is written so that it does not', () => {
  expect(escapeTex('−0.3 ≥ ≤')).toBe('$-$0.3 $\\geq$ $\\leq$');
  expect(escapeTex('[0, 1] of *')).toBe('{}[0, 1] of *');
  expect(escapeTex('*')).toBe('{}*');
  expect(escapeTex('–')).toBe('\\textendash{}');
  expect(escapeTex('--fail-under a|b')).toBe('-{}-fail-under a\\textbar{}b');
  expect(escapeTex('é 🐶 日')).toBe('é U+1F436 U+65E5');
});

const sentence = 'The dog, which is red, sits on the mat: a claim with `--input` and tldr@1.0, told at length.';
const wideTables: readonly Table[] = [
  {
    title: 'fifteen columns',
    head: ['', ...Array.from({ length: 14 }, (_, at) => `strategy number ${at + 1}`)],
    rows: Array.from({ length: 4 }, (_, at) => [
      `row ${at}`,
      ...Array<string>(14).fill('48.3 (40.1 to 56.5) n=120, p .031'),
    ]),
  },
  {
    title: 'sentences',
    head: ['id', 'said', 'why'],
    rows: Array.from({ length: 40 }, (_, at) => [`a${at}`, sentence, 'x'.repeat(90)]),
  },
  { title: 'wide letters', head: ['W'.repeat(60), 'M'], rows: [['🐶'.repeat(9), '日'.repeat(40)]] },
  { title: 'long', head: ['', 'n'], rows: Array.from({ length: 130 }, (_, at) => [`item ${at}`, '1']) },
];

test('a wide or long table goes into several, each with the first column; no cell is lost', () => {
  const [wide, , , long] = wideTables.map((table, at) => tableToLatex(table, [], `w${at}`));
  expect(wide).toContain('\\caption{fifteen columns (2 of ');
  expect(wide!.match(/\\begin\{table\}/g)!.length).toBe(wide!.match(/row 3 &/g)!.length);
  for (let at = 1; at <= 14; at++) expect(wide).toContain(`strategy number ${at} `);
  expect(wide!.match(/48\.3 /g)).toHaveLength(4 * 14);
  expect(long!.match(/^ {2}item \d+ & 1 /gm)).toHaveLength(130);
  expect(long).toContain('(4 of 4)');
});

const pdflatex = spawnSync('pdflatex', ['--version']).status === 0;
test.skipIf(!pdflatex)(
  'pdfLaTeX compiles any cell (skipped where it is not installed)',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tex-'));
    const cells = fc.sample(fc.string({ unit: 'grapheme', maxLength: 20 }), { numRuns: 200, seed: 5 });
    const odd = ['[0, 1]', '* x', '≥ .5', '−1', '--a', 'a\\b|c`d', '% & # _ ~ ^ { } $', 'ąđ«»', '🐶', '.5 (.4–.6) n=3'];
    const rows = [...odd, ...cells].map((cell) => [cell, cell]);
    const tables = Array.from({ length: Math.ceil(rows.length / 30) }, (_, at) =>
      tableToLatex(
        { title: odd.join(' '), head: ['', '[%]'], rows: rows.slice(at * 30, at * 30 + 30) },
        ['é % {'],
        `t${at}`,
      ),
    );
    const text = [
      '\\documentclass{article}',
      '\\usepackage{booktabs,graphicx}',
      '\\begin{document}',
      ...tables,
      ...wideTables.map((table, at) => tableToLatex(table, [], `wide${at}`)),
      '\\clearpage',
      '\\end{document}',
    ];
    await writeFile(join(folder, 't.tex'), text.join('\n'));
    const { status, stdout } = spawnSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 't.tex'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stdout.match(/^! .*/m)?.[0]]).toEqual([0, undefined]);
    // nothing runs over the margin, and nothing off the page
    expect(stdout).not.toMatch(/Overfull|Float too large/);
  },
);

test('what is no figure stays as it is', () => {
  for (const text of ['abc', '12 : 3 : 4', 'p', '(1)', '-', 'tldr@1.0'])
    expect(readCell(text)).toEqual({ value: text });
});

test('a folder for a paper: every file says what was run, keys are never in it', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'paper-')), 'new');
  const input = join(await mkdtemp(join(tmpdir(), 'paper-')), 'a.jsonl');
  await writeFile(input, 'abc');
  const facts = await runFacts(
    'eval x',
    { seed: 7, generator: 'openai:m@https://u:secret-word@host/v1', json: true },
    { input },
  );
  expect(facts.versions['sha256 of input']).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const bars = [{ name: 'count (1)', n: 1, bars: [{ value: 1, low: null, high: null }] }];
  const { svg } = barPlot('Fixed', '', ['loop'], bars);
  const names = await writePaper(folder, facts, {
    tables: [table, table],
    notes: ['a note'],
    report: { all: 1 },
    figures: [{ name: 'fixed', svg }],
  });
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
  expect(names).toContain('02-harm-repair-100.csv');
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    expect([name, text.includes('seed')]).toEqual([name, true]);
    expect(text).not.toContain('secret-word');
  }
  // by itself: its legend, its colours and what was run are inside, and the one case says so
  const plot = await readFile(join(folder, 'fixed.svg'), 'utf8');
  expect(plot).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(plot).toMatch(/<metadata>[\s\S]*seed: 7/);
  expect(plot).toMatch(/<text[^>]*>loop<\/text>/);
  expect(plot).toMatch(/fill-opacity=".3"[\s\S]*>n = 1</);
});

test('`eval seeds --paper` writes them; a folder that cannot be made is an error that names it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paper-'));
  for (const [at, value] of [0.4, 0.6].entries())
    await writeFile(join(folder, `${at}.json`), JSON.stringify({ ap: { value, low: 0, high: 1 } }));
  const reports = [join(folder, '0.json'), join(folder, '1.json')];
  const { code, stderr } = await vlmDetective(['eval', 'seeds', ...reports, '--paper', join(folder, 'out')]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('3 files')]);
  expect(await readFile(join(folder, 'out', '01-2-runs.csv'), 'utf8')).toMatch(/\nap,0\.5000,0\.1414,/);
  const bad = await vlmDetective(['eval', 'seeds', ...reports, '--paper', join(folder, '0.json', 'x')]);
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('--paper')]);
});

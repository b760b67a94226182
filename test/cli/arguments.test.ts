import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { noise, vlmDetective, workFolder } from './command-line.js';

let folder: string;
let scorer: string[];
beforeAll(async () => {
  folder = await workFolder();
  scorer = ['--scorer', `tldr:${await tinyModel()}`];
});

describe('help and version', () => {
  it.each([[['--help']], [['score', '--help']], [['correct', '--help']], [['scenes', '--help']]])(
    '%j shows examples and ends well',
    async (args) => {
      const { code, stdout, stderr } = await vlmDetective(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\$ vlm-detective/);
      expect(stderr).toBe('');
    },
  );

  it('says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect((await vlmDetective(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('arguments that cannot be used end with 2 and one line that names the cure', () => {
  it.each<[string, string[], RegExp]>([
    ['no command', [], /Usage:/],
    ['an unknown command', ['guess'], /unknown command 'guess'/],
    ['an unknown option', ['score', '--nope'], /unknown option '--nope'/],
    ['neither image nor input', ['score'], /give an IMAGE and its --text, or --input/],
    ['an image without its text', ['score', 'red.png'], /give the --text/],
    ['a text without its image', ['correct', '--text', 'x'], /give an IMAGE/],
    ['an image and an input', ['score', 'red.png', '--input', 'x.jsonl'], /not both/],
    ['an input that is not there', ['score', '--input', 'gone.jsonl'], /gone\.jsonl does not exist/],
    ['an input that is a folder', ['score', '--input', '.'], /is a folder: give a JSONL file/],
    [
      'an output that is a folder',
      ['score', 'red.png', '--text', 'x', '--output', '.', ...['--scorer', 'tldr']],
      /^vlm-detective: \. is a folder: give a file$/m,
    ],
    ['a threshold over 1', ['score', 'red.png', '--text', 'x', '--threshold', '1.1'], /from 0 to 1/],
    ['a threshold that is no number', ['score', 'red.png', '--text', 'x', '--threshold', 'half'], /from 0 to 1/],
    ['a negative number of rounds', ['correct', 'red.png', '--text', 'x', '--max-rounds', '-1'], /whole number/],
    ['half a round', ['correct', 'red.png', '--text', 'x', '--max-rounds', '1.5'], /whole number/],
    ['an unknown scorer', ['score', 'red.png', '--text', 'x', '--scorer', 'magic'], /unknown scorer "magic": use auto/],
    [
      'a model that is not there',
      ['score', 'red.png', '--text', 'x', '--scorer', 'tldr:gone'],
      /gone.tldr\.json is missing/,
    ],
    [
      'an unknown rewriter',
      ['correct', 'red.png', '--text', 'x', '--rewriter', 'magic'],
      /unknown rewriter "magic": use local/,
    ],
    ['an unknown choice', ['correct', 'red.png', '--text', 'x', '--on-unresolved', 'cry'], /Allowed choices are keep/],
    ['scenes without a folder', ['scenes'], /--out <folder>/],
    ['scenes of a size that cannot be', ['scenes', '--out', 'new', '--size', '10x10'], /640x480 or 256\.\.512/],
    ['scenes in an unknown style', ['scenes', '--out', 'new', '--style', 'oil'], /unknown style "oil": use noto/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await vlmDetective(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(noise);
    expect(stdout).toBe('');
  });

  it.each<[string, string[], RegExp]>([
    ['--resume without --output', ['--resume'], /--resume needs --output/],
    [
      'an output whose folder is not there',
      ['--output', 'gone/out.jsonl'],
      /gone\/out\.jsonl cannot be made: its folder does not exist/,
    ],
    ['an output that is a folder', ['--output', '.', '--resume'], /is a folder: give a file/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await vlmDetective(['score', 'red.png', '--text', 'x', ...scorer, ...args], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(noise);
  });

  it('a report whose folder is not there', async () => {
    const args = ['correct', 'red.png', '--text', 'x', ...scorer, '--report', 'gone/report.html'];
    const { code, stderr } = await vlmDetective(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/the report gone\/report\.html cannot be written: its folder does not exist/);
  });

  it('shows a stack trace only where DEBUG asks for it', async () => {
    const args = ['score', 'red.png', '--text', 'x', '--scorer', 'magic'];
    expect((await vlmDetective(args, { cwd: folder })).stderr).not.toMatch(/^\s+at /m);
    expect((await vlmDetective(args, { cwd: folder, env: { DEBUG: '1' } })).stderr).toMatch(/^\s+at /m);
  });
});

describe('one answer about one picture', () => {
  it('score gives each token its reward as one JSON line', async () => {
    const { code, stdout, stderr } = await vlmDetective(
      ['score', 'red.png', '--text', 'A green dog', '--json', ...scorer],
      { cwd: folder },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const line = JSON.parse(stdout) as { tokens: { text: string }[] };
    expect(Object.keys(line)).toEqual([
      'id',
      'response',
      'tokens',
      'spans',
      'score',
      'threshold',
      'scorer',
      'abstained',
    ]);
    expect(line).toMatchObject({
      id: '1',
      response: 'A green dog',
      spans: [{ start: 2, end: 7, text: 'green' }],
      score: { soft: expect.closeTo(0.119, 3), product: 0 },
      threshold: 0.5,
      scorer: 'tiny@1.0.0',
      abstained: null,
    });
    expect(line.tokens[1]).toEqual({ text: 'green', start: 2, end: 7, reward: expect.closeTo(0.119, 3) });
  });

  it('correct gives the corrected text and its edits as one JSON line', async () => {
    const { code, stdout } = await vlmDetective(['correct', 'red.png', '--text', 'A green dog', '--json', ...scorer], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      id: '1',
      original: 'A green dog',
      response: 'A dog',
      status: 'clean',
      rounds: 1,
      edits: [{ start: 2, end: 8, from: 'green ', to: '' }],
      spans: [],
      judged: { words: 1, of: 1 },
      scorer: 'tiny@1.0.0',
      rewriter: 'local',
    });
  });

  it('reads the answer from standard input, without the line end that echo adds', async () => {
    const { stdout } = await vlmDetective(['correct', 'red.png', '--text', '-', '--json', ...scorer], {
      cwd: folder,
      stdin: 'A green dog\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({ original: 'A green dog', response: 'A dog' });
  });

  it('only scores with --max-rounds 0', async () => {
    const { code, stdout } = await vlmDetective(
      ['correct', 'red.png', '--text', 'A green dog', '--json', '--max-rounds', '0', ...scorer],
      { cwd: folder },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      response: 'A green dog',
      status: 'max-rounds',
      rounds: 0,
      spans: [{ text: 'green' }],
    });
  });

  it('calls nothing clean of which less was judged than --min-judged asks', async () => {
    const args = ['correct', 'red.png', '--text', 'A red dog. Bake the garlic for an hour.', '--json', ...scorer];
    const { judged, ...any } = JSON.parse((await vlmDetective(args, { cwd: folder })).stdout);
    expect(any).toMatchObject({ status: 'clean' });
    expect(judged.words).toBeLessThan(judged.of);
    const enough = await vlmDetective([...args, '--min-judged', '1'], { cwd: folder });
    expect(JSON.parse(enough.stdout)).toMatchObject({ response: any.response, status: 'skipped', judged });
    const wrong = await vlmDetective([...args, '--min-judged', '2'], { cwd: folder });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/--min-judged.*0 to 1/s) });
  });

  it('flags by the threshold that is asked for', async () => {
    const { stdout } = await vlmDetective(
      ['score', 'red.png', '--text', 'A green dog', '--json', '--threshold', '0.1', ...scorer],
      { cwd: folder },
    );
    expect(JSON.parse(stdout)).toMatchObject({ spans: [], threshold: 0.1 });
  });

  it('shows a person the flagged words, the round, the edit and the result', async () => {
    const { stdout } = await vlmDetective(['correct', 'red.png', '--text', 'A green dog', ...scorer], { cwd: folder });
    expect(stdout).toBe(
      'A [green] dog\nround 1: [-green-] deleted\nA [-green -]dog\nA dog\nclean: 1 of 1 content words judged (1 round, 1 edit)\n',
    );
  });

  it('keeps escape codes and direction marks of an answer from the terminal', async () => {
    const { stdout } = await vlmDetective(['score', 'red.png', '--text', '\u001b[2JA dog\u202e\u009b', ...scorer], {
      cwd: folder,
    });
    expect(stdout).toContain('�[2JA dog��\n');
  });
});

describe('hostile and extreme input is a clean result or a clear error', () => {
  it.each([
    ['an empty answer', ''],
    ['an answer of spaces', '   '],
  ])('%s', async (_, text) => {
    const scored = await vlmDetective(['score', 'red.png', '--text', text, '--json', ...scorer], { cwd: folder });
    expect(scored).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(scored.stdout)).toMatchObject({ response: text, spans: [] });
    const corrected = await vlmDetective(['correct', 'red.png', '--text', text, '--json', ...scorer], { cwd: folder });
    expect(corrected).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(corrected.stdout)).toMatchObject({ response: text, status: 'skipped' });
  });

  it('a file that is no picture', async () => {
    const picture = join(folder, '..', 'nothing.png');
    const { code, stdout, stderr } = await vlmDetective(['score', picture, '--text', 'A dog', '--json', ...scorer], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      id: '1',
      error: { code: 'bad-image', message: expect.stringContaining('does not exist') },
    });
    expect(stderr).not.toMatch(noise);
  });
});

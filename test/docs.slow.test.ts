import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bin, buildCommandLine } from './cli/process.js';
import { startUpstream } from './examples/example-upstream.js';
import { type Block, blocks, commandLines, isShell, root } from './fixtures/documented.js';
import { installPacked, notPacked } from './fixtures/packed.js';
import { tinyModel } from './fixtures/tiny/tiny-model.js';
import { installed, packages } from './versions/installed.js';

/**
 * Runs what README and docs tell a user to type, in a folder with the files that they speak of, against a model of this
 * machine; and checks the types of their code. What cannot run is in `notRun`, with the reason.
 */
vi.setConfig({ hookTimeout: 600_000, testTimeout: 400_000 });

const notRun: [line: RegExp, reason: string][] = [
  [/…/, 'leaves something out'],
  [/ollama|install\.sh|^npm install -g/, 'needs Ollama: test/models/ and test/scorer/claims/ have a server like it'],
  [
    /^(?:llama-server|vllm serve|lms) /,
    'needs that server and gigabytes of weights: test/models/ has servers like them',
  ],
  [/yolox|--scorer (?:ensemble:)?objects/, 'needs a detector from another host: test/scorer/evidence/'],
  [/^redis-server|redis:/, 'needs a Redis: test/bulk/'],
  [/results-1\.jsonl/, 'needs what a provider sends a day later: test/bulk/'],
  [/^docker |^tritonserver|^claude /, 'needs Docker, Triton or Claude Code'],
  [
    /models (?:vllm-command|export-triton)|gpu-1:|triton:8000|tldr-qwen|hf:acme/,
    'needs a trained TLDR: test/scorer/served/',
  ],
  [/^open |HOST/, 'is for a person'],
  [/python -m|torchrun|pip install|^cd training|training\/train|^WORLD=|runs\/KIND/, 'needs torch: training/tests'],
  [/npx tsx|acceptance\/|^npm (?:test|run|ci)|^\.ci|^npx vitest/, 'is for a checkout'],
  [
    /AMBER|output\/coco|--with synonyms|hat-trainval|mmhal|captions_val2017|scored\.jsonl --scores|test_gt_withtag|detail-items|eval reference|runs\/(?:detectors|correctors)/,
    'needs the files of others: test/eval/',
  ],
  [/eval compare|--generator|--budget-cost|baselines|--nlvr/, 'takes minutes of models: test/eval/'],
  [/annotate (?:export|study)|labels\.jsonl/, 'needs what people did: test/annotate/'],
  [/ensemble:|--scorer ocr/, 'would flag other words on the stand-ins of these pictures: test/scorer/evidence/'],
];

const withoutComment = (line: string) => line.replace(/(?:^| +)#.*$/, '');

/** Sizes are cut, addresses are those of this run; nothing else of a line changes. */
const adapted = (line: string, addresses: Map<string, string>): string => {
  const cut = withoutComment(line)
    .replace(/--(count|scenes|per-caption) \d+/g, (_, name) => `--${name} 1`)
    .replace(/(eval harm)(?! .*--(?:count|input))/, '$1 --count 1')
    .replace(/(eval tldr)(?! .*--(?:count|input))/, '$1 --count 1')
    .replace(/ --port \d+/, '');
  return [...addresses].reduce((text, [from, to]) => text.replaceAll(from, to), cut);
};

const served = 'http://127.0.0.1:8090';
const runsOn = /^(?:npx )?vlm-detective (?:serve|mcp --http|annotate --input)\b/;
const shell = blocks.filter(isShell).map((block) => ({ ...block, lines: commandLines(block) }));
const reasonOf = (line: string) => notRun.find(([pattern]) => pattern.test(withoutComment(line)))?.[1];
const isCommand = (line: string) => line.trim() !== '' && !line.startsWith('#');
const runnable = shell.filter(({ lines }) => lines.some((line) => isCommand(line) && !reasonOf(line)));

let folder: string;
const stops: (() => unknown)[] = [];

beforeAll(async () => {
  await buildCommandLine();
  folder = notPacked ? mkdtempSync(join(tmpdir(), 'vlm-detective-docs-')) : await installPacked();
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  link('vlm-detective', root);
  for (const name of ['onnxruntime-node', 'openai', 'ai', 'vitest', 'evalite', 'bullmq', 'ioredis', 'typescript'])
    link(name);
  for (const scope of [
    '@langchain',
    '@llamaindex',
    '@openai',
    '@fontsource',
    '@iconify-json',
    '@gutenye',
    '@google',
    '@types',
    '@ai-sdk',
  ])
    link(scope);
  for (const name of ['dejavu-fonts-ttf', '@anthropic-ai']) link(name);
  await writeInputs();
  writePrograms();
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** A package of this checkout, as if the user had installed it. */
function link(
  name: string,
  from = [packages, join(root, 'node_modules')].map((place) => join(place, name)).find((path) => existsSync(path)),
): void {
  const target = join(folder, 'node_modules', name);
  if (from === undefined || existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(from, target);
}

/** What the documented commands read; each block begins with a copy. */
async function writeInputs(): Promise<void> {
  const inputs = join(folder, 'inputs');
  mkdirSync(inputs);
  const demo = join(root, 'models', 'demo.png');
  for (const name of ['demo.png', 'picture.png', 'scene.png']) copyFileSync(demo, join(inputs, name));
  for (const name of ['photo.jpg', 'receipt.jpg']) await sharp(demo).jpeg().toFile(join(inputs, name));
  const put = (name: string, ...lines: object[]) =>
    writeFileSync(join(inputs, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const right = { id: 'a', image: 'scene.png', response: 'There are two dogs.' };
  const wrong = { id: 'b', image: 'scene.png', response: 'There are three dogs.' };
  for (const name of ['items', 'captions', 'gpt', 'qwen']) put(`${name}.jsonl`, right, wrong);
  put('gold.jsonl', { ...right, gold: [] }, { ...wrong, gold: [{ start: 10, end: 15 }] });
  put(
    'gold-scored.jsonl',
    { ...right, spans: [] },
    { ...wrong, spans: [{ start: 10, end: 15, text: 'three', reward: 0.1 }] },
  );
  put('coco_pope_random.json', { question_id: 1, image: 'a.jpg', text: 'Is there a dog in the image?', label: 'yes' });
  put('answers.jsonl', { question_id: 1, answer: 'yes' });
  writeFileSync(join(inputs, 'guidelines.md'), '# Guidelines\n');
  writeFileSync(join(inputs, 'app.py'), askInPython);
  cpSync(await tinyModel(), join(inputs, 'tiny'), { recursive: true });
  spawnSync(process.execPath, [bin, 'scenes', '--count', '1', '--out', 'scenes'], { cwd: inputs });
}

/** What a user has on the path: `npm install NAME` looks whether the checkout knows that package. */
function writePrograms(): void {
  const cli = notPacked ? bin : join(folder, 'node_modules/vlm-detective/dist/cli/main.js');
  const scripts = {
    'vlm-detective': `exec "${process.execPath}" "${cli}" "$@"`,
    npx: '[ "$1" = -y ] && shift; "$@"',
    npm: `[ "$1" = install ] || exit 1; for name; do :; done; ls "${folder}/node_modules/$name" >/dev/null`,
    python: 'exec python3 "$@"',
  };
  mkdirSync(join(folder, 'bin'));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
}

const askInPython = `import base64, json, os, urllib.request
picture = "data:image/png;base64," + base64.b64encode(open("scene.png", "rb").read()).decode()
content = [{"type": "text", "text": "What do you see?"}, {"type": "image_url", "image_url": {"url": picture}}]
body = json.dumps({"model": "gpt-5.1", "messages": [{"role": "user", "content": content}]}).encode()
headers = {"content-type": "application/json", "authorization": "Bearer sk-test-0123456789"}
call = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, headers)
assert "red car" in json.load(urllib.request.urlopen(call))["choices"][0]["message"]["content"]
`;

const environment = (upstream?: string) => {
  const { PATH, HOME, TMPDIR } = process.env;
  const key = upstream ? { OPENAI_BASE_URL: upstream, OPENAI_API_KEY: 'sk-test-0123456789' } : {};
  return { PATH: `${join(folder, 'bin')}:${PATH}`, HOME, TMPDIR, NO_COLOR: '1', ...key };
};

/** Starts what listens until it is stopped, and gives its address. */
function listen(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const line = `exec ${command.replace(/^npx /, '')} --port 0${/annotate/.test(command) ? ' --no-open' : ''}`;
  const child: ChildProcess = spawn('bash', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  stops.push(() => {
    child.kill('SIGKILL');
    return closed;
  });
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (bytes: Buffer) => {
      output += bytes.toString();
      const address = /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
      if (address) resolve(address);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${output}`)));
  });
}

describe('the documented commands run', () => {
  it.each(runnable)('$page:$line', async ({ page, line, lines, text, language }) => {
    const cwd = join(folder, `${page.replace(/\W/g, '-')}-${line}`);
    cpSync(join(folder, 'inputs'), cwd, { recursive: true });
    if (text.includes('--out scenes')) rmSync(join(cwd, 'scenes'), { recursive: true });
    const upstream = `${(await startUpstream()).origin}/v1`;
    const addresses = new Map([['http://localhost:8000/v1', upstream]]);
    const env = environment(/openai:/.test(text) ? upstream : undefined);
    if (text.includes(served) && !lines.some((line) => runsOn.test(line)))
      addresses.set(served, await listen('vlm-detective serve', cwd, env));
    for (const line of lines.filter((line) => isCommand(line) && !reasonOf(line))) {
      const command = adapted(line, addresses);
      if (runsOn.test(command)) {
        addresses.set(served, await listen(command, cwd, env));
        continue;
      }
      const ran = promisify(execFile)('bash', ['-c', command], { cwd, env, timeout: 300_000 });
      ran.child.stdin?.end();
      const { stdout } = await ran.catch((error) => {
        throw new Error(`${command}\n${error.stdout}${error.stderr}`);
      });
      if (language !== 'console') continue;
      for (const expected of text.split('\n').filter((line) => line !== '' && !line.startsWith('$ ')))
        expect(stdout).toContain(expected);
    }
  });

  it('and what is not run says why, and is still there', () => {
    const lines = shell.flatMap(({ lines }) => lines).filter(isCommand);
    expect(notRun.filter(([pattern]) => !lines.some((line) => pattern.test(withoutComment(line))))).toEqual([]);
    const left = lines.filter(reasonOf);
    console.info(`of ${lines.length} documented commands, ${left.length} are not run: ${count(left.map(reasonOf))}`);
  });
});

function count(reasons: (string | undefined)[]): string {
  const of = (reason: string | undefined) => reasons.filter((other) => other === reason).length;
  return [...new Set(reasons)].map((reason) => `${of(reason)} ${reason}`).join('; ');
}

/** What pages take as given: a reader has it. */
const given = `
  import type OpenAI from 'openai';
  import type { CorrectionRequest, Rewriter, Scorer } from 'vlm-detective';
  declare global {
    const apiKey: string, model: string, messages: OpenAI.ChatCompletionMessageParam[];
    const scorer: Scorer, rewriter: Rewriter, request: CorrectionRequest;
    const logs: { write(line: string): void };
    const client: OpenAI;
  }
`;
const ofVersions = /'(?:@langchain|@llamaindex|@openai\/agents|evalite)/;
const code = blocks.filter(
  ({ language, text }) => ['ts', 'tsx', 'js', 'mjs'].includes(language) && (installed || !ofVersions.test(text)),
);

describe('the documented code', () => {
  let errors: string;
  const nameOf = ({ page, line, language }: Block) =>
    `${page.replace(/\W/g, '-')}-${line}.${language === 'js' ? 'mts' : language}`;

  beforeAll(() => {
    const types = join(folder, 'types');
    mkdirSync(types);
    writeFileSync(join(types, 'given.d.ts'), given);
    for (const block of code) writeFileSync(join(types, nameOf(block)), `export {};\n${block.text}`);
    const compilerOptions = {
      ...{
        module: 'nodenext',
        target: 'es2023',
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: ['node'],
        strict: true,
      },
      ...{ noEmit: true, skipLibCheck: true },
    };
    writeFileSync(join(types, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    writeFileSync(join(types, 'package.json'), '{"type": "module"}');
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', types], {
      cwd: types,
      encoding: 'utf8',
    });
    errors = stdout;
  });

  it.each(code)('$page:$line has the types of the package', (block) => {
    expect(errors.split('\n').filter((line) => line.startsWith(nameOf(block)))).toEqual([]);
  });

  it('is checked', () => expect(code.length).toBeGreaterThan(12));
});

describe('the documented Python', () => {
  it.each(blocks.filter(({ language, text }) => language === 'python' && text.includes('def test_')))(
    '$page:$line passes',
    async ({ text }) => {
      const cwd = join(folder, 'inputs');
      const url = await listen('vlm-detective serve', cwd, environment());
      writeFileSync(join(cwd, 'test_caption.py'), `${text.replaceAll(served, url)}\ntest_caption()\n`);
      const { status, stderr } = spawnSync('python3', ['test_caption.py'], { cwd, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});

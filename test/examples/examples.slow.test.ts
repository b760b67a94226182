import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { rightAnswer, startUpstream, writePicture } from './example-upstream.js';

/** Runs every example as a user would, on the built package with its embedded model, against a local upstream. */
const root = join(import.meta.dirname, '../..');
const examples = join(root, 'examples');
const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-examples-'));
const picture = join(folder, 'scene.png');
const run = promisify(execFile);
const seconds = 90_000;

const missing = ['dist/cli/main.js', 'dist/hono.js', 'dist/express.js', 'dist/fastify.js', 'dist/ai-sdk.js'].filter(
  (file) => !existsSync(join(root, file)),
);
if (missing.length > 0) console.warn(`examples are not tested: ${missing.join(', ')} not built; run npm run build`);

beforeAll(() => writePicture(picture));
afterAll(() => rmSync(folder, { recursive: true }));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGTERM');
});

const environment = (baseURL: string, more: Record<string, string> = {}) => ({
  ...process.env,
  OPENAI_API_KEY: 'sk-example-0000000000',
  OPENAI_BASE_URL: baseURL,
  PORT: '0',
  ...more,
});

/** Starts a server and gives the address that it prints. */
function start(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (bytes: Buffer) => {
      output += bytes.toString();
      const address = /listen\w* on (http:\/\/[\d.]+:\d+)/.exec(output)?.[1];
      if (address) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it listened: ${output}`)));
  });
}

const question = () => ({
  model: 'gpt-5.1',
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What do you see?' },
        {
          type: 'image_url' as const,
          image_url: { url: `data:image/png;base64,${readFileSync(picture).toString('base64')}` },
        },
      ],
    },
  ],
});

describe.skipIf(missing.length > 0)('examples', () => {
  it.each(['express', 'hono', 'fastify'])(
    '%s: a chat back end whose answers come out corrected, streamed or not',
    async (name) => {
      const upstream = await startUpstream();
      const origin = await start([join(examples, name, 'server.mjs')], environment(`${upstream.origin}/v1`));
      const client = new OpenAI({ apiKey: 'any', baseURL: `${origin}/v1`, maxRetries: 0 });
      const answer = await client.chat.completions.create(question());
      expect(answer.choices[0]?.message.content).toBe(rightAnswer);
      expect(correctionReports(answer)).toMatchObject([
        { status: 'clean', rewriter: `openai:gpt-5.1@${upstream.origin}/v1` },
      ]);
      let streamed = '';
      for await (const chunk of await client.chat.completions.create({ ...question(), stream: true })) {
        streamed += chunk.choices[0]?.delta.content ?? '';
      }
      expect(streamed).toBe(rightAnswer);
    },
    seconds,
  );

  it(
    'nextjs: the route streams the corrected text to useChat()',
    async () => {
      const upstream = await startUpstream();
      const route = pathToFileURL(join(examples, 'nextjs/app/api/chat/route.js')).href;
      const caller = `
        import { readFileSync } from 'node:fs';
        const { POST } = await import(${JSON.stringify(route)});
        const url = 'data:image/png;base64,' + readFileSync(${JSON.stringify(picture)}).toString('base64');
        const parts = [{ type: 'text', text: 'What do you see?' }, { type: 'file', mediaType: 'image/png', url }];
        const body = JSON.stringify({ messages: [{ id: '1', role: 'user', parts }] });
        const response = await POST(new Request('http://localhost/api/chat', { method: 'POST', body }));
        console.log(response.headers.get('x-vercel-ai-ui-message-stream'));
        console.log(await response.text());
        process.exit(0);`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', caller], {
        cwd: root,
        env: environment(`${upstream.origin}/v1`),
      });
      expect(stdout).toMatch(/^v1$/m);
      const deltas = [...stdout.matchAll(/"type":"text-delta","id":"[^"]+","delta":"([^"]*)"/g)];
      expect(deltas.map((match) => match[1]).join('')).toBe(rightAnswer);
    },
    seconds,
  );

  describe('the proxy', () => {
    const serve = async () => {
      const upstream = await startUpstream();
      const base = `${upstream.origin}/v1`;
      const args = ['serve', '--port', '0', '--upstream', base, '--rewriter', 'same', '--log', 'off'];
      return start([join(root, 'dist/cli/main.js'), ...args], environment(base));
    };

    it(
      'with curl',
      async ({ skip }) => {
        if (spawnSync('curl', ['--version']).error) {
          console.warn('examples/proxy/ask.sh is not tested: there is no curl');
          skip();
        }
        const env = environment(`${await serve()}/v1`);
        const { stdout } = await run('sh', [join(examples, 'proxy/ask.sh'), picture], { env, maxBuffer: 1 << 22 });
        expect(JSON.parse(stdout).choices[0].message.content).toBe(rightAnswer);
      },
      seconds,
    );

    it(
      'with the openai package of Python',
      async ({ skip }) => {
        const python = await pythonWithOpenAI();
        if (python === null) return skip();
        const env = environment(`${await serve()}/v1`);
        const { stdout } = await run(python, [join(examples, 'proxy/ask.py'), picture], { env });
        expect(stdout).toContain(`answer: ${rightAnswer}\n`);
        expect(stdout).toContain("report: clean [('green', 'red')]");
        expect(stdout).toContain(`stream: ${rightAnswer}`);
      },
      3 * seconds,
    );
  });
});

/** A Python that can import openai: the machine's, or one made for the test from local wheels; else null, aloud. */
async function pythonWithOpenAI(): Promise<string | null> {
  if (spawnSync('python3', ['-c', 'import openai']).status === 0) return 'python3';
  const wheels = ['/opt/wheels', '/opt/pypi/files'].filter((path) => existsSync(path));
  const own = join(folder, 'python');
  const made =
    wheels.length > 0 &&
    spawnSync('python3', ['-m', 'venv', own]).status === 0 &&
    spawnSync(join(own, 'bin/pip'), [
      ...['install', '--quiet', '--no-index'],
      ...wheels.flatMap((path) => ['--find-links', path]),
      'openai',
    ]).status === 0;
  if (made) return join(own, 'bin/python');
  console.warn('examples/proxy/ask.py is not tested: Python has no openai package, and no wheels of it are here');
  return null;
}

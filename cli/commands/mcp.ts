import { readFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { DetectiveError } from '../../src/base/errors.js';
import { packageRoot } from '../../src/base/package-root.js';
import type { Io } from '../io.js';
import { stopped } from '../io.js';
import { openRewriter, openScorer, type ScorerChoice } from '../open-scorer.js';
import { calibration, imageSide, maxHarm, portNumber, scorerName, threshold } from '../parse-options.js';

export const define = (parent: Command): Command =>
  parent
    .command('mcp')
    .description('A Model Context Protocol server: assistants check and correct what they say about pictures.')
    .addOption(new Option('--root <folder...>', 'read pictures below these folders, and no others').default([], 'none'))
    .addOption(scorerName())
    .option(
      '--rewriter <name>',
      'local, openai:MODEL, anthropic:MODEL, gemini:MODEL or openai:MODEL@URL (default: by the API key that is set, else local)',
    )
    .addOption(threshold())
    .addOption(calibration())
    .addOption(maxHarm())
    .addOption(imageSide())
    .option('--allow-image-urls', 'fetch pictures behind http(s): URLs, from public addresses only')
    .option('--http', 'streamable HTTP at /mcp in place of standard input and output')
    .option('--host <address>', 'of --http: listen here', '127.0.0.1')
    .option('--port <number>', 'of --http: listen here; 0 for any free one', portNumber, 8091)
    .addHelpText(
      'after',
      `
Tools: score_answer, correct_answer, explain_report. Resources: vlm-detective://report/ID.
Environment: VLM_DETECTIVE_KEY, where set, must come with every call of --http, as a bearer token.

Examples:
  $ vlm-detective mcp --root .
  $ claude mcp add vlm-detective -- npx -y vlm-detective mcp --root .
  $ vlm-detective mcp --http --port 8091 --root pictures`,
    );

export interface McpCommandOptions extends ScorerChoice {
  root: string[];
  rewriter?: string;
  allowImageUrls?: true;
  http?: true;
  host: string;
  port: number;
}

/** `vlm-detective mcp`: until the client closes standard input, Ctrl-C or SIGTERM. Standard output is the protocol's. */
export async function run(io: Io, options: McpCommandOptions): Promise<void> {
  const roots = await Promise.all(options.root.map(folder));
  const { mcpServers } = await import('../../src/server/mcp/create-mcp-server.js');
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const rewriter = openRewriter(options.rewriter, options, io.env);
  const scorer = await openScorer(options);
  const build = mcpServers({
    version,
    scorer,
    rewriter,
    threshold: options.threshold,
    maxHarm: options.maxHarm,
    roots,
    imageUrls: options.allowImageUrls ? {} : undefined,
    asksOthers: rewriter.name !== 'local' || /judge|claims|:/.test(scorer.name),
  });
  try {
    await (options.http ? overHttp(io, build, options) : overStdio(io, build));
  } finally {
    await scorer.close?.();
  }
}

async function folder(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory())
    throw new DetectiveError('bad-argument', `--root ${path} is no folder that is there`);
  return real;
}

type Build = ReturnType<typeof import('../../src/server/mcp/create-mcp-server.js')['mcpServers']>;

async function overHttp(io: Io, build: Build, { host, port }: McpCommandOptions): Promise<void> {
  const { serveMcpHttp } = await import('../../src/server/mcp/mcp-http.js');
  const server = await serveMcpHttp(build, { host, port, key: io.env.VLM_DETECTIVE_KEY || undefined });
  io.stderr.write(`vlm-detective speaks MCP on ${server.url}. Ctrl-C stops it.\n`);
  await stopped(io.signal);
  await server.close();
}

async function overStdio(io: Io, build: Build): Promise<void> {
  const [{ serveStdio, StdioServerTransport }, { maxMessageBytes, wholeLines }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../../src/server/mcp/whole-lines.js'),
  ]);
  const lines = wholeLines((id, bytes) => {
    const message = `the message has ${Math.ceil(bytes / (1 << 20))} MiB, more than the ${maxMessageBytes >> 20} allowed: give the picture by its path below --root`;
    io.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32602, message } })}\n`);
  });
  const ended = new Promise((resolve) => lines.once('end', resolve));
  const transport = new StdioServerTransport(io.stdin.pipe(lines), io.stdout, {
    maxBufferSize: maxMessageBytes + 65_536,
  });
  const handle = serveStdio(build, { transport });
  await Promise.race([ended, stopped(io.signal)]);
  io.stdin.unpipe(lines);
  io.stdin.destroy();
  await handle.close();
}

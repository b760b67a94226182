import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bin, buildCommandLine, ended, start } from '../../cli/process.js';

const golden = join(import.meta.dirname, '..', '..', '..', 'models', 'tldr-scenes', 'golden');
const present = existsSync(join(golden, '0.png'));
if (!present) console.warn('SKIPPED: the MCP command, because models/tldr-scenes is not there');

const eras = [
  ['2025', {}],
  ['2026', { versionNegotiation: { mode: 'auto' } }],
] as const;

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

describe.skipIf(!present)('vlm-detective mcp (skipped where models/tldr-scenes is missing)', () => {
  beforeAll(buildCommandLine);
  const call = { name: 'score_answer', arguments: { image: '0.png', answer: 'There are five whales.' } };

  it.each(eras)('answers over standard input and output, %s', async (_name, era) => {
    const client = new Client({ name: 'test', version: '1' }, era);
    clients.push(client);
    const args = [bin, 'mcp', '--root', golden, '--scorer', 'tldr'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args }));
    const result = await client.callTool(call);
    expect(result.structuredContent).toMatchObject({ scorer: expect.stringContaining('tldr'), abstained: null });

    const data = `data:image/png;base64,${readFileSync(join(golden, '0.png')).toString('base64')}`;
    expect((await client.callTool({ ...call, arguments: { ...call.arguments, image: data } })).isError).toBeFalsy();
    const huge = { ...call, arguments: { ...call.arguments, image: `data:image/png;base64,${'A'.repeat(29 << 20)}` } };
    await expect(client.callTool(huge)).rejects.toThrow(/more than the 28 allowed: give the picture by its path/);
    expect((await client.callTool(call)).isError).toBeFalsy();
  });

  it('ends where its client closes standard input', async () => {
    const child = start(['mcp', '--scorer', 'tldr']);
    child.stdin.end();
    expect(await ended(child)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('answers over HTTP, and ends well by SIGTERM', async () => {
    const child = start(['mcp', '--http', '--port', '0', '--root', golden, '--scorer', 'tldr']);
    const url = await new Promise<string>((resolve) =>
      child.stderr.on('data', (text: Buffer) => {
        const found = /http:\S+\/mcp/.exec(String(text));
        if (found) resolve(found[0]);
      }),
    );
    for (const [, era] of eras) {
      const client = new Client({ name: 'test', version: '1' }, era);
      await client.connect(new StreamableHTTPClientTransport(new URL(url)));
      expect((await client.callTool(call)).structuredContent).toMatchObject({ abstained: null });
      await client.close();
    }
    const second = await ended(start(['mcp', '--http', '--port', new URL(url).port, '--scorer', 'tldr']));
    expect(second).toMatchObject({ code: 2, stderr: expect.stringMatching(/EADDRINUSE.*give --port another number/) });
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });
});

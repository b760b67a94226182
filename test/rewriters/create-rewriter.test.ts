import { afterEach, describe, expect, it, vi } from 'vitest';
import { providers } from '../../src/models/address.js';
import { createRewriter, defaultRewriter } from '../../src/rewriters/create-rewriter.js';
import { openaiDialect, requestOf, startModelServer } from './model-server.js';

afterEach(() => vi.unstubAllEnvs());

describe('rewriters by name', () => {
  it.each([
    ['local', 'local'],
    ['openai:gpt-5.1', 'openai:gpt-5.1'],
    ['anthropic:claude-sonnet-5', 'anthropic:claude-sonnet-5'],
    ['openai:Qwen/Qwen3-VL-8B@http://localhost:8000/v1', 'openai:Qwen/Qwen3-VL-8B@http://localhost:8000/v1'],
    ['openai:qwen2.5vl:7b@http://localhost:11434/v1', 'openai:qwen2.5vl:7b@http://localhost:11434/v1'],
    ['openai:m@http://me:pass@localhost:8000/v1?key=1', 'openai:m@http://localhost:8000/v1'],
  ])('%s', (spec, name) => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-test');
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-test');
    expect(createRewriter(spec).name).toBe(name);
  });

  it.each(['', 'gpt-5', 'bard:x', 'openai:m@ftp://host', 'Local'])('%j is no rewriter', (spec) => {
    expect(() => createRewriter(spec)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });

  it('says which key is missing', () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    vi.stubEnv('ANTHROPIC_API_KEY', '');
    expect(() => createRewriter('openai:gpt-5.1')).toThrow(/OPENAI_API_KEY/);
    expect(() => createRewriter('anthropic:claude-sonnet-5')).toThrow(/ANTHROPIC_API_KEY/);
    expect(createRewriter('openai:m@http://localhost:8000/v1').name).toContain('openai:m');
  });

  it('follows the environment: OpenAI, then Anthropic, else local', () => {
    expect(defaultRewriter({ OPENAI_API_KEY: 'sk-a', ANTHROPIC_API_KEY: 'sk-b' }).name).toBe(
      `openai:${providers.openai.model}`,
    );
    expect(defaultRewriter({ ANTHROPIC_API_KEY: 'sk-b' }).name).toBe(`anthropic:${providers.anthropic.model}`);
    expect(defaultRewriter({}).name).toBe('local');
  });

  it('carries the key of the environment to this machine', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-from-env-123');
    const server = await startModelServer([openaiDialect.reply('{"edits":[]}')]);
    await createRewriter(`openai:m@${server.url}/v1`).rewrite(requestOf('A [cat].'));
    await server.stop();
    expect(server.calls[0]!.headers.authorization).toBe('Bearer sk-from-env-123');
  });
});

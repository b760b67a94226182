import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapAnthropic } from '../../src/adapters/wrap-anthropic.js';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import type { CompactReport } from '../../src/http/report.js';
import { pngDataUrl, wordListScorer } from '../http/doubles.js';
import { anthropicMessage, chatCompletion } from '../http/wire-bodies.js';
import { sendJson, serve } from '../http/wire-server.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

/** US dollars for a million tokens; the servers below report 1117 + 46 and 1591 + 31 tokens for a call. */
const price = { input: 2.5, output: 10 };
const edits = '{"edits":[{"span":1,"replacement":"mauve","scope":"span"}]}';
const isRewrite = (body: unknown) => JSON.stringify(body).includes('replacement');

async function askOpenAI(options: Partial<WrapOptions>): Promise<CompactReport[]> {
  const server = await serve(({ body }, response) =>
    sendJson(response, chatCompletion({ content: isRewrite(body) ? edits : 'A green car.' })),
  );
  const openai = wrapOpenAI(new OpenAI({ apiKey: 'k', baseURL: `${server.origin}/v1` }), {
    scorer: wordListScorer(['green', 'mauve']),
    ...options,
  });
  const url = { type: 'image_url' as const, image_url: { url: png } };
  return correctionReports(
    await openai.chat.completions.create({ model: 'gpt-5.1', messages: [{ role: 'user', content: [url] }] }),
  );
}

async function askAnthropic(options: Partial<WrapOptions>): Promise<CompactReport[]> {
  const server = await serve(({ body }, response) =>
    sendJson(
      response,
      anthropicMessage([{ type: 'text', text: isRewrite(body) ? edits : 'A green car.', citations: null }]),
    ),
  );
  const anthropic = wrapAnthropic(new Anthropic({ apiKey: 'k', baseURL: server.origin }), {
    scorer: wordListScorer(['green', 'mauve']),
    ...options,
  });
  const data = png.slice(png.indexOf(',') + 1);
  const source = { type: 'base64' as const, media_type: 'image/png' as const, data };
  return correctionReports(
    await anthropic.messages.create({
      model: 'claude-haiku-5-5',
      max_tokens: 50,
      messages: [{ role: 'user', content: [{ type: 'image', source }] }],
    }),
  );
}

describe.each([
  { client: 'OpenAI', ask: askOpenAI, oneCall: (1117 * 2.5 + 46 * 10) / 1e6 },
  { client: 'Anthropic', ask: askAnthropic, oneCall: (1591 * 2.5 + 31 * 10) / 1e6 },
])('the cost of the rewrites of a wrapped $client client', ({ ask, oneCall }) => {
  it('is in the report where the price is known, and nothing is made up where it is not', async () => {
    const [priced] = await ask({ price, maxRounds: 1 });
    expect(priced?.usage.cost).toBeCloseTo(oneCall, 12);
    const [unpriced] = await ask({ maxRounds: 1 });
    expect(unpriced?.usage).not.toHaveProperty('cost');
    expect(unpriced?.usage.inputTokens).toBe(priced?.usage.inputTokens);
  });

  it('stops the correction at the budget, and the report says so', async () => {
    const [report] = await ask({ price, budget: { cost: oneCall / 2 } });
    expect(report).toMatchObject({ status: 'budget', reason: expect.stringContaining('cost budget') });
    expect(report?.usage.cost).toBeCloseTo(oneCall, 12);
  });
});

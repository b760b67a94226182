import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createScorer } from '../../src/scorer/create-scorer.js';
import { flagSpans } from '../../src/text/spans.js';
import { json, openaiDialect, pngPixel, startModelServer } from '../rewriters/model-server.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const answer = 'A **red** dog and three cats.';

async function flags(make: (url: string) => string, reply: Parameters<typeof startModelServer>[0][number]) {
  const server = await startModelServer([reply]);
  stops.push(server.stop);
  const scorer = await createScorer(make(server.url));
  const { tokens, usage } = await scorer.score({ images: [pngPixel()], prompt: 'What is there?', response: answer });
  return { spans: flagSpans(answer, tokens, 0.5), usage, call: server.calls[0]! };
}

describe('a span detector', () => {
  it('that writes JSON: its spans are found in the answer, typed and with reasons', async () => {
    const reply = JSON.stringify({
      hallucinations: [
        { span: 'three cats', type: 'Numerical', explanation: 'there are two', confidence: 0.9 },
        { span: 'red', confidence: 0.3 },
      ],
    });
    const { spans, usage, call } = await flags(
      (url) => `spans:vllm/HalluScope-8B@${url}/v1`,
      openaiDialect.reply(reply),
    );
    expect(spans).toMatchObject([{ text: 'three cats', type: 'counting', reason: 'there are two' }]);
    expect(usage).toMatchObject({ calls: 1, pictures: 1 });
    expect(call.body.model).toBe('HalluScope-8B');
    expect(call.body.response_format).toBeUndefined();
    expect(openaiDialect.promptOf(call)).toContain('A red dog and three cats.');
  });

  it('that marks the answer itself', async () => {
    const marked = 'A <hallucination type="Attribute">red</hallucination> dog and three cats.';
    const { spans } = await flags((url) => `spans:openai:m@${url}/v1`, openaiDialect.reply(marked));
    expect(spans).toMatchObject([{ text: 'red', type: 'attribute' }]);
  });

  it('behind an address of its own, as LettuceDetect is', async () => {
    const predictions = [{ start: 2, end: 5, text: 'red', hallucination_score: 0.97 }];
    const { spans, call } = await flags((url) => `spans:${url}/v1/spans`, json(200, { predictions }));
    expect(spans).toMatchObject([{ text: 'red', reward: expect.closeTo(0.03) }]);
    expect(call.path).toBe('/v1/spans');
    expect(call.body).toMatchObject({
      question: 'What is there?',
      answer: 'A red dog and three cats.',
      images: [expect.stringMatching(/^data:image\/png;base64,/)],
    });
  });

  it('with a prompt of one’s own', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'spans-')), 'mine.md');
    writeFileSync(
      file,
      '---\nname: mine\nversion: 1\ninputs: question, answer, fence\n---\nQ {{question}} A {{answer}} {{fence}} Spans?',
    );
    const { call } = await flags((url) => `spans:openai:m@${url}/v1#${file}`, openaiDialect.reply('[]'));
    expect(openaiDialect.promptOf(call)).toMatch(/^Q What is there\? A A red dog and three cats\. =+ Spans\?$/);
    await expect(createScorer('spans:vllm/m#/no/such.md')).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('/no/such.md'),
    });
  });

  it('that writes none is an error that says so', async () => {
    await expect(
      flags((url) => `spans:openai:m@${url}/v1`, openaiDialect.reply('Nice picture.')),
    ).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/wrote no spans/),
    });
  });
});

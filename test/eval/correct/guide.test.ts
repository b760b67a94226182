import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { correctItem } from '../../../eval/correct/correct-item.js';
import { type Guide, guidancePrompt, guideOf, modelGuide } from '../../../eval/correct/guide.js';
import { outcomeOf } from '../../../eval/correct/record.js';
import { defaultStrategies } from '../../../eval/correct/strategies.js';
import { flagSpans } from '../../../src/text/spans.js';
import { dogAndCar, itemOf, offering } from './fakes.js';

const bodies: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    bodies.push(body);
    response.setHeader('content-type', 'application/json');
    const message = { role: 'assistant', content: 'A dog and a car. It is sunny.\n' };
    response.end(
      JSON.stringify({
        choices: [{ index: 0, finish_reason: 'stop', message }],
        usage: { prompt_tokens: 90, completion_tokens: 9 },
      }),
    );
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
afterAll(() => server.close());

const answer = 'A dog and a cat. A cat and a boat. It is sunny.';
const spans = async (response: string) => {
  const { tokens } = await dogAndCar.score({ images: [], response });
  return flagSpans(response, tokens, 0.5);
};

const run = async (guide: Guide | undefined, image?: Uint8Array) =>
  (
    await correctItem(
      { id: '1', open: async () => ({ ...itemOf('1', answer), ...(image ? { image } : {}) }) },
      {
        names: ['paper', 'paper-naive'],
        scorer: dogAndCar,
        rewriterFor: () => offering('car'),
        guideFor: () => guide,
        threshold: 0.5,
        maxRounds: 3,
        answers: 2,
        signal: new AbortController().signal,
      },
    )
  ).strategies!;

describe("the paper's own protocol", () => {
  it('lists each flagged phrase once and each flagged sentence with its own; the answer has no markers', async () => {
    const text = guidancePrompt({ response: answer, spans: await spans(answer) }, false);
    expect(text).toContain(answer);
    expect(text).toContain('\ncat, boat\n');
    expect(text).toContain('Mend "A dog and a cat." with more attention to: "cat".');
    expect(text).toContain('Mend "A cat and a boat." with more attention to: "cat", "boat".');
    expect(text).not.toContain('Mend "It is sunny."');
    const naive = guidancePrompt({ response: answer, spans: await spans(answer) }, true);
    expect(naive).toContain(answer);
    expect(naive).not.toMatch(/Mend|cat, boat|attention/);
  });

  it('takes the whole answer that a model writes, once, and judges it', async () => {
    const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const done = await run(modelGuide(`openai:some@${url}`), image);
    expect(done.paper).toMatchObject({
      text: 'A dog and a car. It is sunny.',
      rounds: 1,
      tokens: 99,
      status: 'rewritten',
    });
    expect(outcomeOf(done.paper!)).toMatchObject({ wrong: 0 });
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toContain('data:image/');
    expect(bodies[0]).toContain('Mend');
    expect(bodies[1]).not.toContain('Mend');
  });

  it('is left out, and says so, where the rewriter writes no whole answers; it is no strategy by default', async () => {
    const { paper } = await run(undefined);
    expect(paper).toMatchObject({ status: 'skipped', reason: expect.stringContaining('name a model') });
    expect(defaultStrategies).toEqual(['none', 'one-round', 'response-level', 'best-of-n', 'loop']);
    const simulated = await run(guideOf(offering('car')));
    expect(simulated.paper).toMatchObject({ text: 'A dog and a car. A car and a car. It is sunny.' });
  });
});

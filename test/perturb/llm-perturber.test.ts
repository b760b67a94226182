import { afterEach, describe, expect, it } from 'vitest';
import { loadPrompt } from '../../src/models/prompt.js';
import { createPerturber } from '../../src/perturb/create-perturber.js';
import { labelRewrite } from '../../src/perturb/llm/label-rewrite.js';
import { llmPerturber } from '../../src/perturb/llm/llm-perturber.js';
import { perturbationTypes } from '../../src/perturb/perturbation.js';
import { type Answer, anthropicDialect, openaiDialect, startModelServer } from '../rewriters/model-server.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const rewrite = (caption: string, applies = true) => JSON.stringify({ applies, caption });
const verdict = (more: object = {}) =>
  JSON.stringify({ paraphrase: false, contradicts: true, minimal: true, type: 'counting', ...more });

describe.each([
  ['openai', openaiDialect, '/v1'],
  ['anthropic', anthropicDialect, ''],
] as const)('a perturber on %s', (provider, dialect, path) => {
  async function start(answers: Answer[]) {
    const server = await startModelServer(answers);
    stops.push(server.stop);
    const perturber = llmPerturber({
      provider,
      model: 'm',
      apiKey: 'sk-test-123456',
      baseURL: server.url + path,
      minTimeout: 1,
    });
    return { server, ask: (caption: string) => perturber.perturb(caption, 'counting', Math.random) };
  }
  // the model server's own promptOf reads parts; a text-only message is a string
  const promptOf = (call: { body: { messages: { content: string }[] } }) => call.body.messages[0]!.content;

  it('asks for the edit, has it verified without telling the type, and labels it', async () => {
    const { server, ask } = await start([dialect.reply(rewrite('Two dogs are asleep.')), dialect.reply(verdict())]);
    const perturbed = await ask('A dog is asleep.\n');
    expect(perturbed).toMatchObject({
      text: 'Two dogs are asleep.\n',
      type: 'counting',
      bad: [{ start: 0, end: 3 }],
      repaired: [
        { start: 4, end: 8 },
        { start: 9, end: 12 },
      ],
    });
    expect(promptOf(server.calls[0]!)).toContain('A dog is asleep.');
    expect(promptOf(server.calls[0]!)).toContain('Leave alone numbers in quotation marks');
    expect(promptOf(server.calls[1]!)).toContain('Two dogs are asleep.');
    expect(JSON.stringify(server.calls[1]!.body)).toContain('paraphrase');
  });

  it.each([
    ['a paraphrase', { paraphrase: true }],
    ['an edit of another type', { type: 'object' }],
    ['an edit that the caption could survive', { contradicts: false }],
    ['more than one fact', { minimal: false }],
  ])('drops %s', async (_, more) => {
    const { server, ask } = await start([dialect.reply(rewrite('Two dogs.')), dialect.reply(verdict(more))]);
    expect(await ask('A dog.')).toBeNull();
    expect(server.calls).toHaveLength(2);
  });

  it.each([
    ['a type that does not apply', () => dialect.reply(rewrite('A dog.', false))],
    ['a copy', () => dialect.reply(rewrite('A dog.'))],
    [
      'another caption altogether',
      () => dialect.reply(rewrite('Three blind mice ran after the old wife of a farmer.')),
    ],
    ['no JSON', () => dialect.reply('Two dogs, sure!')],
    ['a refusal', () => dialect.refusal],
    ['a reply that was cut off', () => dialect.cutOff(rewrite('Two dogs.'))],
  ])('drops %s without a second call', async (_, answer) => {
    const { server, ask } = await start([answer()]);
    expect(await ask('A dog.')).toBeNull();
    expect(server.calls).toHaveLength(1);
  });

  it('tries again after a failure of the server, and tells a wrong key without repeating it', async () => {
    const { ask } = await start([
      dialect.failure(500, 'oops'),
      dialect.reply(rewrite('Two dogs.')),
      dialect.reply(verdict()),
    ]);
    expect((await ask('A dog.'))?.text).toBe('Two dogs.');
    const denied = await start([dialect.failure(401, 'bad key sk-test-123456')]);
    await expect(denied.ask('A dog.')).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.not.stringContaining('sk-test-123456'),
    });
  });
});

describe('labels of a rewritten caption', () => {
  it('keeps printed text out of every type but OCR', () => {
    expect(labelRewrite('A sign "STOP" here.', 'A sign "YIELD" here.', 'counting')).toBeNull();
    expect(labelRewrite('A sign "STOP" here.', 'A sign "YIELD" here.', 'ocr')?.bad).toEqual([{ start: 8, end: 13 }]);
  });
  it('drops what is only left out, and keeps a denial that is lifted', () => {
    expect(labelRewrite('A red car on a road.', 'A car on a road.', 'attribute')).toBeNull();
    const lifted = labelRewrite('A dog is not asleep.', 'A dog is asleep.', 'counterfactual')!;
    expect(lifted.bad).toEqual([{ start: 9, end: 15 }]);
    expect(lifted.deleted).toHaveLength(1);
  });
  it('drops changes of case, blanks and marks alone', () => {
    expect(labelRewrite('A dog.', 'a DOG.', 'object')).toBeNull();
    expect(labelRewrite('A dog.', 'A dog!', 'object')).toBeNull();
  });
});

describe('names and prompts', () => {
  it('makes a perturber from its name', () => {
    expect(createPerturber('rules').name).toBe('rules');
    expect(createPerturber('openai:m@http://127.0.0.1:1/v1').name).toBe('openai:m@http://127.0.0.1:1/v1');
    expect(() => createPerturber('gpt')).toThrow(/use rules, openai:MODEL/);
  });
  it.each(perturbationTypes)('has a rule for %s', (type) => {
    expect(loadPrompt(`perturb/${type}`, []).text.length).toBeGreaterThan(40);
  });
  it('keeps prompts inside their folder', () => {
    for (const name of ['../package', 'a/b/c', '/etc/passwd', 'perturb/../x'])
      expect(() => loadPrompt(name)).toThrow(/no prompt name/);
  });
});

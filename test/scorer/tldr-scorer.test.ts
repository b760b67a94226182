import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { loadImage } from '../../src/image/load.js';
import { type ScoredResponse, type Scorer, tldrScorer } from '../../src/scorer.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { heldScorer } from '../fixtures/tiny/held-worker.js';
import { plainPng, sigmoid, type TinyModelOptions, tinyModel } from '../fixtures/tiny/tiny-model.js';

vi.mock('../../src/image/decode.js', { spy: true });
vi.mock('../../src/image/load.js', { spy: true });

/** For what must come, however busy the machine is. */
const patience = { timeout: 60_000, interval: 1 };

const made: Scorer[] = [];
async function tiny(model: TinyModelOptions = {}, options: Parameters<typeof tldrScorer>[1] = {}) {
  const scorer = await tldrScorer(await tinyModel(model), options);
  made.push(scorer);
  return scorer;
}

async function held(model: TinyModelOptions = {}) {
  const one = await heldScorer(model);
  made.push(one.scorer);
  return one;
}

let scorer: Scorer;
let red: Uint8Array;
let green: Uint8Array;
let blue: Uint8Array;
beforeAll(async () => {
  scorer = await tiny();
  [red, green, blue] = await Promise.all([plainPng('#f00'), plainPng('#0f0'), plainPng('#00f')]);
});
afterEach(() => vi.mocked(decodeImage).mockClear());
afterAll(() => Promise.all(made.map((one) => one.close?.())));

const supported = sigmoid(8);
const neutral = sigmoid(3);
const refuted = sigmoid(-2);
const rewardOf = (scored: ScoredResponse, word: string) => scored.tokens.find(({ text }) => text === word)!.reward;

describe('scoring an answer against a picture', () => {
  it('gives each token its own reward from the model', async () => {
    const scored = await scorer.score({ images: [red], response: 'A Red dog, not green.' });
    expect(scored).toMatchObject({ response: 'A Red dog, not green.', scorer: 'tiny@1.0.0', evidence: [] });
    expect(scored.abstained).toBeUndefined();
    expect(scorer.threshold).toBe(0.5);
    expect(rewardOf(scored, 'Red')).toBeCloseTo(supported, 5);
    expect(rewardOf(scored, 'green')).toBeCloseTo(refuted, 5);
    expect(rewardOf(scored, 'A')).toBeCloseTo(neutral, 5);
    expect(scored.tokens[1]).toMatchObject({ text: 'Red', start: 2, end: 5 });
  });

  it('sees the picture itself: the same words, other rewards', async () => {
    const response = 'red green blue';
    for (const [word, picture] of Object.entries({ red, green, blue })) {
      const { tokens } = await scorer.score({ images: [picture], response });
      for (const token of tokens) expect(token.reward).toBeCloseTo(token.text === word ? supported : refuted, 5);
    }
  });

  it('hands the end of the prompt to the model, and only the end', async () => {
    const ask = (prompt: string) => scorer.score({ images: [red], prompt, response: 'red' });
    expect(rewardOf(await ask('x!'), 'red')).toBeCloseTo(sigmoid(3), 5);
    expect(rewardOf(await ask('!abcdef'), 'red')).toBeCloseTo(supported, 5);
    expect(rewardOf(await ask(''), 'red')).toBeCloseTo(supported, 5);
  });

  it('gives the same rewards where the weights stand in a file beside the graph', async () => {
    const request = { images: [red], response: 'A red apple and a blue cup!' };
    const large = await tiny({ decoderData: true });
    expect((await large.score(request)).tokens).toEqual((await scorer.score(request)).tokens);
  });

  it('applies the calibration', async () => {
    const other = await tiny({ manifest: { calibration: { method: 'platt', scale: 0.5, bias: -1 } } });
    expect(rewardOf(await other.score({ images: [red], response: 'red' }), 'red')).toBeCloseTo(sigmoid(3), 5);
  });

  it('takes the highest reward that any of several pictures gives', async () => {
    const scored = await scorer.score({ images: [red, blue], response: 'red green blue' });
    expect(rewardOf(scored, 'red')).toBeCloseTo(supported, 5);
    expect(rewardOf(scored, 'blue')).toBeCloseTo(supported, 5);
    expect(rewardOf(scored, 'green')).toBeCloseTo(refuted, 5);
  });

  it('gives tokens that stand in the text, for any text', async () => {
    const unit = fc.constantFrom(
      'red',
      ' Green',
      '🐶',
      '\ud800',
      'e\u0301',
      '\r\n',
      '  ',
      'שלום',
      '<sep>',
      '.',
      '\0',
      '你好',
    );
    const anyText = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.array(unit, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(anyText, async (response) => {
        const { tokens } = await scorer.score({ images: [red], response });
        let last = 0;
        for (const { text, start, end, reward } of tokens) {
          expect(response.slice(start, end)).toBe(text);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(reward === null || (reward >= 0 && reward <= 1)).toBe(true);
          last = end;
        }
        expect(
          tokens
            .map(({ text }) => text)
            .join('')
            .replace(/[^\p{L}\p{N}]/gu, ''),
        ).toBe(response.replace(/[^\p{L}\p{N}]/gu, ''));
      }),
    );
  });

  it.each(['', ' \n '])('has nothing to say about an empty answer (%j)', async (response) => {
    expect(await scorer.score({ images: [red], response })).toMatchObject({ response, tokens: [] });
  });

  it('scores a 20,000-character answer, each word by its own sentence', async () => {
    const response = 'A red dog. A green dog! '.repeat(1000).slice(0, 20_000);
    const { tokens } = await scorer.score({ images: [red], response });
    expect(tokens.map(({ text }) => text).join('')).toBe(response.replace(/\s/g, ''));
    const ofWord = (word: string) => tokens.filter(({ text }) => text === word);
    expect(ofWord('red')).toHaveLength(834);
    // the "!" is in the same window as the sentence before it
    for (const { reward } of ofWord('green')) expect(reward).toBeCloseTo(sigmoid(-7), 5);
    for (const { reward } of ofWord('red').slice(0, -1)) expect(reward).toBeGreaterThan(0.5);
  });

  it('scores one sentence of 20,000 characters and one word of 20,000 characters', async () => {
    for (const response of ['a red and green '.repeat(1250), 'x'.repeat(20_000)]) {
      const { tokens } = await scorer.score({ images: [red], response });
      expect(tokens.map(({ text }) => text).join('')).toBe(response.replace(/\s/g, ''));
      for (const { text, reward } of tokens) {
        expect(reward).toBeCloseTo(text === 'red' ? supported : text === 'green' ? refuted : neutral, 5);
      }
    }
  });
});

describe('many answers', () => {
  it('answers a batch in order, with the same rewards as one by one', async () => {
    const responses = Array.from(
      { length: 100 },
      (_, n) => `${'so '.repeat(n % 7)}${['red', 'green', 'blue'][n % 3]} ${n}`,
    );
    const images = [red, green, blue];
    const requests = responses.map((response, n) => ({ images: [images[n % 2]!], response }));
    const together = (await scorer.scoreBatch!(requests)) as ScoredResponse[];
    expect(together.map(({ response }) => response)).toEqual(responses);
    for (const n of [0, 1, 2, 50, 97, 98, 99]) {
      const alone = await scorer.score(requests[n]!);
      expect(together[n]!.tokens.map(({ text }) => text)).toEqual(alone.tokens.map(({ text }) => text));
      together[n]!.tokens.forEach(({ reward }, index) => {
        expect(reward).toBeCloseTo(alone.tokens[index]!.reward!, 5);
      });
    }
  });

  it('lets one bad item fail alone', async () => {
    const scored = await scorer.scoreBatch!([
      { images: [red], response: 'red' },
      { images: [new Uint8Array([1, 2, 3])], response: 'red' },
      { images: [], response: 'red' },
      { images: [red.slice(0, 60)], response: 'red' },
      { images: [blue], response: 'blue' },
    ]);
    expect(scored[1]).toMatchObject({ code: 'bad-image' });
    expect(scored[2]).toMatchObject({ code: 'bad-argument' });
    expect(scored[3]).toMatchObject({ code: 'bad-image' });
    expect(rewardOf(scored[0] as ScoredResponse, 'red')).toBeCloseTo(supported, 5);
    expect(rewardOf(scored[4] as ScoredResponse, 'blue')).toBeCloseTo(supported, 5);
  });

  it('encodes a picture once, however often and by whatever way it comes', async () => {
    const fresh = await plainPng('#ff0', 17);
    const copy = Uint8Array.from(fresh);
    const url = `data:image/png;base64,${Buffer.from(fresh).toString('base64')}`;
    await Promise.all([fresh, copy, url].map((image) => scorer.score({ images: [image], response: 'red' })));
    await scorer.score({ images: [fresh, copy], response: 'again red' });
    expect(decodeImage).toHaveBeenCalledTimes(1);
  });

  it('does not run the model again for a text that it has judged on the same picture', async () => {
    const { scorer: counted, sent } = await held();
    const first = await counted.score({ images: [red], response: 'red and blue' });
    expect(sent).toEqual(['encode', 'decode']);
    for (let n = 0; n < 20; n++)
      expect(await counted.score({ images: [red], response: 'red and blue' })).toEqual(first);
    expect(sent).toEqual(['encode', 'decode']);
    await counted.score({ images: [red], response: 'red and green' });
    expect(sent).toEqual(['encode', 'decode', 'decode']);
  });

  it('gives the same rewards by three workers, warmed up, as by one', async () => {
    const folder = await tinyModel();
    const [one, three] = await Promise.all([
      tldrScorer(folder),
      tldrScorer(folder, { workers: 3, threads: 1, warmUp: true }),
    ]);
    const requests = Array.from({ length: 60 }, (_, n) => ({
      images: [[red, green, blue][n % 3]!],
      response: `a red and blue ${'and green '.repeat(n % 7)}${n}`,
    }));
    const rewards = (scored: (ScoredResponse | Error)[]) =>
      scored.map((item) => (item as ScoredResponse).tokens.map(({ reward }) => reward!.toFixed(5)));
    const expected = rewards(await one.scoreBatch!(requests));
    expect(expected.flat().length).toBeGreaterThan(300);
    expect(rewards(await three.scoreBatch!(requests))).toEqual(expected);
    await Promise.all([one.close!(), three.close!()]);
  });

  it('takes back a picture that nobody waits for any more', async () => {
    const { scorer: busy, sent, hold, letGo } = await held();
    await busy.score({ images: [red], response: 'red' });
    hold();
    const underWay = busy.score({ images: [red], response: 'a red' });
    await vi.waitFor(() => expect(sent).toEqual(['encode', 'decode', 'decode']), patience);
    const controller = new AbortController();
    const fresh = await plainPng('#0ff', 19);
    const dropped = Promise.allSettled(
      [1, 2].map((n) => busy.score({ images: [fresh], response: `${n}`, signal: controller.signal })),
    );
    await vi.waitFor(() => expect(loadImage).toHaveBeenLastCalledWith(fresh), patience);
    // turns of the event loop in which the picture is queued; with none of them the test would still hold
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    for (const result of await dropped) expect(result).toMatchObject({ reason: { code: 'aborted' } });
    letGo();
    await underWay;
    await busy.score({ images: [red], response: 'so red' });
    expect(sent).toEqual(['encode', 'decode', 'decode', 'decode']);
    await busy.score({ images: [fresh], response: 'red' });
    expect(sent.slice(4)).toEqual(['encode', 'decode']);
  });

  it('encodes again what no longer fits into the cache, and the answers stay right', async () => {
    // one picture's features are 12 bytes
    const small = await tiny({}, { cacheBytes: 20 });
    const one = (image: Uint8Array, response: string) => small.score({ images: [image], response });
    await one(red, 'red');
    await one(green, 'green');
    expect(rewardOf(await one(red, 'a red'), 'red')).toBeCloseTo(supported, 5);
    expect(decodeImage).toHaveBeenCalledTimes(3);
    const requests = Array.from({ length: 12 }, (_, n) => ({ images: [[red, green, blue][n % 3]!], response: 'red' }));
    const scored = (await small.scoreBatch!(requests)) as ScoredResponse[];
    scored.forEach((item, n) => {
      expect(rewardOf(item, 'red')).toBeCloseTo(n % 3 === 0 ? supported : refuted, 5);
    });
  });
});

describe('aborting', () => {
  it('rejects at once what waits, and leaves the others alone', async () => {
    const { scorer: busy, sent, hold, letGo } = await held();
    await busy.score({ images: [red], response: 'red' });
    hold();
    const kept = busy.score({ images: [red], response: 'a red' });
    await vi.waitFor(() => expect(sent).toHaveLength(3), patience);
    const controller = new AbortController();
    const dropped = Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        busy.score({ images: [red], response: `red ${n}`, signal: controller.signal }),
      ),
    );
    const alsoKept = busy.score({ images: [red], response: 'red too' });
    setImmediate(() => controller.abort(new Error('enough')));
    // the worker is still held: they were not waited for
    for (const result of await dropped) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'aborted', cause: { message: 'enough' } } });
    }
    letGo();
    for (const scored of [await kept, await alsoKept]) expect(rewardOf(scored, 'red')).toBeCloseTo(supported, 5);
  });

  it('rejects while the picture is still being encoded, and a second caller still gets it', async () => {
    const other = await tiny();
    const controller = new AbortController();
    const first = other.score({ images: [red], response: 'red', signal: controller.signal });
    const second = other.score({ images: [red], response: 'red' });
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(rewardOf(await second, 'red')).toBeCloseTo(supported, 5);
    await expect(other.score({ images: [red], response: 'red', signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describe('a model that does not fit its tldr.json', () => {
  const attempt = async (options: TinyModelOptions) => (await tiny(options)).score({ images: [red], response: 'red' });

  it.each([
    [
      'other outputs',
      {
        encoder: (graph) => {
          graph.outputs[0]!.name = 'mean';
        },
      },
      /image_encoder\.onnx gives mean, where image_features is expected/,
    ],
    [
      'an input too many',
      {
        decoder: (graph) => {
          graph.inputs.push({ name: 'position_ids', type: 'int64', dims: ['batch'] });
        },
      },
      /reward_decoder\.onnx takes .*position_ids/,
    ],
    [
      'an operator that does not exist',
      {
        decoder: (graph) => {
          graph.nodes[0]!.op = 'Guess';
        },
      },
      /reward_decoder\.onnx cannot be loaded/,
    ],
    [
      'one logit for the whole answer',
      {
        decoder: (graph) => {
          graph.nodes.at(-1)!.inputs[0] = 'context';
          graph.outputs[0]!.dims = ['batch', 'n'];
        },
      },
      /gave float32\[1, 1\], where float32\[1, 4\] is expected/,
    ],
  ] satisfies [string, TinyModelOptions, RegExp][])('is refused: %s', async (_, options, message) => {
    await expect(attempt(options)).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(message),
    });
  });

  it('reports a run that fails, and a reward that is no number', async () => {
    const text = { maxTokens: 24, maxPromptTokens: 6, lowercase: true, bos: 1, sep: 2, eos: 99_999 };
    await expect(attempt({ manifest: { text } })).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/the model could not be run/),
    });
    const broken: TinyModelOptions = {
      decoder: (graph) => {
        graph.constants.find(({ name }) => name === 'three')!.data[0] = Number.NaN;
      },
    };
    await expect(attempt(broken)).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/no number/),
    });
  });
});

describe('the end', () => {
  it('closes, fails what is in hand, and refuses more', async () => {
    const { scorer: one, sent, hold, letGo } = await heldScorer({ slow: true });
    await one.score({ images: [red], response: 'red' });
    hold();
    const inHand = one.score({ images: [red], response: 'a red' });
    const outcome = expect(inHand).rejects.toMatchObject({ code: 'scorer-failed', message: 'the scorer was closed' });
    await vi.waitFor(() => expect(sent).toHaveLength(3), patience);
    letGo();
    // after this the worker has the request, and its answer cannot have been read
    await new Promise((resolve) => process.nextTick(resolve));
    await one.close!();
    await outcome;
    await expect(one.score({ images: [red], response: 'red' })).rejects.toMatchObject({ code: 'scorer-failed' });
    await one.close!();
  });
});

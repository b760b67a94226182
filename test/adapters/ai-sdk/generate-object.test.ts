import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  correctionReports,
  type SelfCorrectionOptions,
  selfCorrection,
} from '../../../src/adapters/ai-sdk/self-correction.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../../http/doubles.js';
import { type Said, versions } from './models.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const fixes = { green: 'red', three: 'two', '3': '2', blue: 'not a number', 'three green': 'two red' };
const text = (words: string) => ({ type: 'text', text: words });

describe.each(versions)('$name: structured output', ({ sdk, model: modelOf, spec }) => {
  function setUp(said: Said, options: Partial<SelfCorrectionOptions> = {}) {
    const scorer = wordListScorer(Object.keys(fixes));
    const bare = modelOf(said);
    const rewriter = dictionaryRewriter(fixes);
    const middleware = selfCorrection({ scorer, rewriter, ...options });
    return { rewriter, calls: bare.calls, model: sdk.wrapLanguageModel({ model: bare.model as never, middleware }) };
  }
  const messages = (asked = 'List what you see.') => [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: asked },
        { type: 'image' as const, image: png },
      ],
    },
  ];
  const car = z.object({
    object: z.string(),
    colour: z.enum(['red', 'green']),
    count: z.number(),
    note: z.string(),
    wheels: z.number(),
    green: z.boolean(),
  });
  /** The number of wheels makes no sentence about the picture, so it is not judged. */
  const wrong = '{"object":"car","colour":"green","count":3,"note":"There is a green car.","wheels":3,"green":true}';
  const right = { object: 'car', colour: 'red', count: 2, note: 'There is a red car.', wheels: 3, green: true };

  const greenAndThree = '{"object":"car","colour":"green","count":1,"note":"There are three cars."}';

  it('generateObject: only string and number values change, types and keys stay', async () => {
    const { model, calls, rewriter } = setUp({ content: [text(wrong)] });
    const result = await sdk.generateObject({ model, schema: car, messages: messages() });
    expect(result.object).toEqual(right);
    expect(calls[0].responseFormat).toMatchObject({ type: 'json', schema: { type: 'object' } });
    expect(correctionReports(result)).toMatchObject([{ status: 'clean', edits: { length: 3 } }]);
    for (const field of ['count', 'note'])
      expect(rewriter.seen.some(({ prompt }) => prompt?.includes(`Field: ${field}`))).toBe(true);
  });

  it('never lets a correction break the schema of the call', async () => {
    const schema = car.pick({ object: true, count: true, note: true }).extend({ colour: z.enum(['green', 'yellow']) });
    const { model } = setUp({ content: [text(greenAndThree)] });
    const result = await sdk.generateObject({ model, schema, messages: messages() });
    expect(result.object).toEqual({ object: 'car', colour: 'green', count: 1, note: 'There are two cars.' });
    expect(correctionReports(result)).toMatchObject([{ unresolved: [{ text: 'green' }] }]);
  });

  it('holds the corrected object to a check of the caller as well', async () => {
    const { model } = setUp(
      { content: [text(greenAndThree)] },
      { validate: (value) => (value as { note: string }).note.includes('three') },
    );
    const schema = car.pick({ object: true, colour: true, count: true, note: true });
    const result = await sdk.generateObject({ model, schema, messages: messages() });
    expect(result.object).toEqual({ object: 'car', colour: 'red', count: 1, note: 'There are three cars.' });
  });

  it('arrays, enums and free JSON', async () => {
    const array = setUp({ content: [text('{"elements":["There is a green car.","There are three dogs."]}')] });
    const listed = await sdk.generateObject({
      model: array.model,
      output: 'array',
      schema: z.string(),
      messages: messages(),
    });
    expect(listed.object).toEqual(['There is a red car.', 'There are two dogs.']);
    const chosen = setUp({ content: [text('{"result":"green"}')] });
    const colour = await sdk.generateObject({
      model: chosen.model,
      output: 'enum',
      enum: ['green', 'red'],
      messages: messages('What colour is the car?'),
    });
    expect(colour.object).toBe('red');
    const free = setUp({
      content: [text('{"anything":[{"object":"car","colour":"green","count":3},"green",3,null,false]}')],
    });
    const loose = await sdk.generateObject({ model: free.model, output: 'no-schema', messages: messages() });
    expect(loose.object).toEqual({ anything: [{ object: 'car', colour: 'red', count: 2 }, 'green', 3, null, false] });
  });

  it('one JSON text in several parts stays one', async () => {
    const { model } = setUp({ content: [text(wrong.slice(0, 36)), text(wrong.slice(36))] });
    const result = await sdk.generateObject({ model, schema: car, messages: messages() });
    expect(result.object).toEqual(right);
  });

  it('generateText with Output.object()', async () => {
    const { model } = setUp({ content: [text(wrong)] });
    const result = await sdk.generateText({ model, output: sdk.Output.object({ schema: car }), messages: messages() });
    expect(result.output).toEqual(right);
    expect(JSON.parse(result.text)).toEqual(right);
  });

  it('streamObject: every partial object holds corrected values only', async () => {
    const { model } = setUp({ content: [text(wrong)] });
    const result = sdk.streamObject({ model, schema: car, messages: messages() });
    const partials: unknown[] = [];
    for await (const partial of result.partialObjectStream) partials.push(partial);
    expect(JSON.stringify(partials)).not.toMatch(/green[^"]|:"green/);
    expect(await result.object).toEqual(right);
    expect(correctionReports(await result.providerMetadata)).toMatchObject([{ status: 'clean' }]);
  });

  it('streamText with Output.object()', async () => {
    const { model } = setUp({ content: [text(wrong)] });
    const result = sdk.streamText({ model, output: sdk.Output.object({ schema: car }), messages: messages() });
    for await (const partial of result.partialOutputStream)
      expect(JSON.stringify(partial)).not.toMatch(/green[^"]|:"green/);
    expect(JSON.parse(await result.text)).toEqual(right);
  });

  it('an answer that is no JSON goes to the SDK as it is corrected, and fails there as before', async () => {
    const { model } = setUp({ content: [text('A green car')] });
    await expect(sdk.generateObject({ model, schema: car, messages: messages(), maxRetries: 0 })).rejects.toMatchObject(
      {
        name: 'AI_NoObjectGeneratedError',
        text: 'A red car',
      },
    );
  });

  if (spec === 'v4') {
    it('corrects the text that is parsed where the model names one, and the part that repeats it', async () => {
      const said: Said = { content: [text('Let me think: three.'), text(wrong)], structuredOutputText: wrong };
      const { model } = setUp(said);
      const result = await sdk.generateText({
        model,
        output: sdk.Output.object({ schema: car }),
        messages: messages(),
      });
      expect(result.output).toEqual(right);
      expect(result.content.map((part) => (part as { text: string }).text)).toEqual([
        'Let me think: three.',
        JSON.stringify(right),
      ]);
    });
  }
});

import { zodResponseFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { replySchemaOf } from '../../src/models/providers/reply-schema.js';
import { replySchema } from '../../src/rewriters/validate-edits.js';

describe('the schema that a model is asked to keep', () => {
  const nested = z.object({ found: z.array(z.object({ text: z.string().nullable(), kind: z.enum(['a', 'b']) })) });

  it('of a schema without bounds is the one that the SDK of OpenAI makes', () => {
    const { $schema: _, ...openai } = zodResponseFormat(nested, 'answer').json_schema.schema!;
    expect(replySchemaOf(nested)).toEqual(openai);
  });

  it('closes every object, and leaves out the bounds that Anthropic refuses', () => {
    expect(JSON.stringify(replySchemaOf(replySchema))).not.toMatch(/imum|\$schema/);
    expect(replySchemaOf(z.object({ inner: z.looseObject({ a: z.int() }) }))).toEqual({
      type: 'object',
      properties: {
        inner: {
          type: 'object',
          properties: { a: { type: 'integer' } },
          required: ['a'],
          additionalProperties: false,
        },
      },
      required: ['inner'],
      additionalProperties: false,
    });
  });
});

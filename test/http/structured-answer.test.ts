import { describe, expect, it } from 'vitest';
import { schemaValidator, whyNotStructured } from '../../src/http/structured-answer.js';

const schema = {
  type: 'object',
  properties: { colour: { type: 'string', enum: ['red', 'green'] }, count: { type: 'integer', minimum: 0 } },
  required: ['colour', 'count'],
  additionalProperties: false,
};
const good = '{"colour":"green","count":3}';

describe('the guard of structured answers', () => {
  it.each([
    ['a corrected value', good, '{"colour":"red","count":2}', undefined],
    ['nothing changed', good, good, undefined],
    ['a value that the schema does not know', good, '{"colour":"crimson","count":3}', /JSON schema/],
    ['another type', good, '{"colour":"red","count":"two"}', /JSON schema/],
    ['a missing key', good, '{"colour":"red"}', /JSON schema/],
    ['broken JSON', good, '{"colour":"red","count":2', /no longer JSON/],
    ['a schema that was broken before', '{"colour":"mauve"}', '{"colour":"red"}', undefined],
    ['prose', 'A green car.', 'A red car.', undefined],
    ['a number, which is prose too', '3', 'two', undefined],
  ])('%s', async (_what, original, corrected, reason) => {
    const said = whyNotStructured(original, corrected, await schemaValidator(schema));
    if (reason === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(reason);
  });

  it('holds an answer without a readable schema to being JSON', async () => {
    expect(await schemaValidator(undefined)).toBeUndefined();
    expect(await schemaValidator({ $ref: '#/nowhere' })).toBeUndefined();
    expect(whyNotStructured(good, '{}', undefined)).toBeUndefined();
    expect(whyNotStructured(good, 'red', undefined)).toMatch(/no longer JSON/);
  });
});

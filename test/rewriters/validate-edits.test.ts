import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trimToSpan } from '../../src/rewriters/outside-text.js';
import { validateReply } from '../../src/rewriters/validate-edits.js';
import { maskSpans } from '../../src/text/mask.js';
import { spliceEdits } from '../../src/text/splice.js';
import { requestOf } from './model-server.js';

function check(marked: string, reply: unknown, rejected: { text: string; replacement: string; reason: string }[] = []) {
  const request = requestOf(marked, { rejected });
  const text = typeof reply === 'string' ? reply : JSON.stringify(reply);
  return validateReply(text, request, maskSpans(request.response, request.spans));
}
const edit = (replacement: string, span = 1, scope = 'span') => ({ edits: [{ span, replacement, scope }] });

describe('what a model may reply', () => {
  it.each([
    ['the new words', 'two', 'two'],
    ['a deletion', '', ''],
    ['the span with the word before it', 'are two', 'two'],
    ['the span with words after it', 'two cats on', 'two'],
    ['the whole sentence', 'There are two cats on the mat.', 'two'],
    ['the whole answer', 'There are two cats on the mat. It is sunny.', 'two'],
    ['white space around the words', ' \n two ', 'two'],
  ])('%s', (_, replacement, wanted) => {
    expect(check('There are [three] cats on the mat. It is sunny.', edit(replacement))).toEqual({
      value: [{ span: 1, replacement: wanted }],
    });
  });

  it.each([
    ['an unknown span', edit('two', 7), /no span 7/],
    ['the marker itself', edit('⟦1:two⟧'), /markers/],
    ['control characters', edit('two\u0007'), /control/],
    ['a novel', edit('two '.repeat(300)), /outside/],
    ['another sentence rewritten on the way', edit('There are two dogs on the red mat.'), /outside/],
    ['the neighbouring words changed', edit('two dogs on the mat.'), /outside/],
    ['nothing but the neighbouring words', edit('cats on'), /outside/],
    ['an edit without a number', { edits: [{ span: 'one', replacement: 'two' }] }, /form/],
    ['another form', { changes: 'two' }, /form/],
    ['prose', 'I would write two.', /not JSON/],
    ['nothing', '', /empty/],
    ['a flood', `{"edits":[${' '.repeat(300_000)}]}`, /long/],
  ])('rejects %s, and says why', (_, reply, reason) => {
    expect(check('There are [three] cats on the mat. It is sunny.', reply)).toEqual({
      reason: expect.stringMatching(reason),
    });
  });

  it('drops what changes nothing, and what was tried before', () => {
    expect(check('There are [three] cats.', edit('three'))).toEqual({ value: [] });
    const tried = [{ text: 'three', replacement: 'two', reason: 'scored lower' }];
    expect(check('There are [three] cats.', edit('two'), tried)).toEqual({ value: [] });
    expect(check('There are [three] cats.', [])).toEqual({ value: [] });
  });

  it('keeps the good edits of a reply when one is bad', () => {
    const marked = 'There are [three] cats on the [blue] mat.';
    const good = { span: 1, replacement: 'two', scope: 'span' };
    const bad = [
      { span: 9, replacement: 'red', scope: 'span' },
      { span: 1, replacement: 'four', scope: 'span' },
      { span: 2, replacement: 'red\u0007' },
      { span: 2 },
      'red',
      null,
    ];
    for (const one of bad)
      expect(check(marked, { edits: [good, one] })).toEqual({ value: [{ span: 1, replacement: 'two' }] });
    for (const one of bad.filter((item) => item !== bad[1]))
      expect(check(marked, { edits: [one] })).toEqual({ reason: expect.any(String) });
  });

  it('fills in what small models leave out, behind their thinking, and of a reply that was cut off', () => {
    const marked = 'There are [three] cats on the [blue] mat.';
    const wanted = { value: [{ span: 1, replacement: 'two' }] };
    expect(check(marked, { edits: [{ span: '1', replacement: 'two' }] })).toEqual(wanted);
    expect(check(marked, { edits: [{ id: 1, text: 'two', scope: 'word' }] })).toEqual(wanted);
    expect(check(marked, '<think>{"edits": []}? No.</think>[{"span": 1, "replacement": "two"}]')).toEqual(wanted);
    expect(check(marked, '{"edits": [{"span": 1, "replacement": "two", "scope": "span"}, {"span": 2, "repl')).toEqual(
      wanted,
    );
  });

  it('takes a whole sentence, without its neighbours, and one edit for it', () => {
    const marked = 'It is sunny today. A [dog] sits on [two] mats. The end is near.';
    const sentence = 'A dog lies beside the mats.';
    expect(check(marked, edit(sentence, 1, 'sentence'))).toEqual({
      value: [{ span: 1, replacement: sentence, sentence: true }],
    });
    expect(check(marked, edit(`It is sunny today. ${sentence} The end is near.`, 1, 'sentence'))).toEqual({
      value: [{ span: 1, replacement: sentence, sentence: true }],
    });
    expect(check(marked, edit(`It is sunny today. ${sentence} The end is far.`, 2, 'sentence'))).toMatchObject({
      value: expect.anything(),
    });
    const both = { edits: [...edit(sentence, 1, 'sentence').edits, ...edit('one', 2).edits] };
    expect(check(marked, both)).toEqual({ reason: expect.stringContaining('same sentence') });
    const twice = { edits: [...edit(sentence, 1, 'sentence').edits, ...edit(sentence, 2, 'sentence').edits] };
    expect(check(marked, twice)).toEqual({ value: [{ span: 1, replacement: sentence, sentence: true }] });
  });

  it('cuts any repeated surroundings back to the span', () => {
    const word = fc.stringMatching(/^[b-df-hj-np-tv-z]{3,8}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 5, maxLength: 12 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (words, at, left, right) => {
          const fresh = words.pop()!;
          const index = at % words.length;
          const from = index - (left % (index + 1));
          const to = index + 1 + (right % (words.length - index));
          const marked = words.map((text, i) => (i === index ? `[${text}]` : text)).join(' ');
          const request = requestOf(`${marked}.`);
          const echoed = words
            .map((text, i) => (i === index ? fresh : text))
            .slice(from, to)
            .join(' ');
          expect(trimToSpan(request.response, request.spans[0]!, echoed)).toBe(fresh);
        },
      ),
    );
  });

  it('never breaks the answer, whatever the model says', () => {
    const marked = 'The [red] dog, 3.5 m tall, sits on [two mats]. 😀 “Hi!” said [the cat]…';
    const reply = fc.array(
      fc.record({
        span: fc.integer({ min: -1, max: 5 }),
        replacement: fc.oneof(
          fc.string(),
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('⟦1:x⟧', '{{answer}}', '==='),
        ),
        scope: fc.constantFrom('span', 'sentence'),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(reply, (edits) => {
        const request = requestOf(marked);
        const result = check(marked, { edits });
        if ('reason' in result) {
          expect(result.reason).not.toBe('');
          return;
        }
        const ids = result.value.map(({ span }) => span);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => id >= 1 && id <= 3)).toBe(true);
        const spliced = spliceEdits(request.response, request.spans, result.value);
        if (!result.value.some(({ sentence }) => sentence)) expect(spliced.text).toContain('3.5 m tall');
      }),
    );
  });
});

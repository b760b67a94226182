import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeFindings } from '../../src/scorer/findings/place-findings.js';
import { readFindings } from '../../src/scorer/findings/read-findings.js';

const phrases = (reply: string) => readFindings(reply)?.map(({ phrase }) => phrase) ?? null;
const answer = 'Two 😀 red dogs sit near a sign. A dog barks at three cats.';
const place = (...findings: Parameters<typeof placeFindings>[1]) =>
  placeFindings(answer, findings, { unlisted: 0.95, assumed: 0.8, minConfidence: 0.3 });

describe('wrong phrases are read from what detectors really write', () => {
  it.each([
    ['our own form', '{"unsupported":[{"phrase":"two","context":"two dogs"}]}', ['two']],
    // github.com/KRLabsOrg/LettuceDetect README, "Span Format" and the web API's response
    ['LettuceDetect', '[{"start": 31, "end": 34, "confidence": 0.99, "text": "two"}]', ['two']],
    ['its web API', '{"predictions":[{"start":0,"end":3,"text":"two","hallucination_score":0.98}]}', ['two']],
    // the hallucination result of the vLLM Semantic Router: spans with a confidence and an entailment label
    [
      'the vLLM Semantic Router',
      '{"hallucination_detected":true,"spans":[{"text":"two","confidence":0.9,"nli_label":"CONTRADICTION"},{"text":"red","confidence":0.8,"nli_label":"ENTAILMENT"}]}',
      ['two'],
    ],
    ['a list inside an object inside one', '{"result":{"hallucinations":["two","red"]}}', ['two', 'red']],
    ['one object', '{"span":"two","type":"Numerical"}', ['two']],
    ['a fence and words around it', 'Here:\n```json\n[{"span":"two"}]\n```\nDone.', ['two']],
    ['thinking before it', '<think>[{"span":"cat"}]</think>[{"span":"two"}]', ['two']],
    ['a list that breaks off', '{"spans":[{"text":"two"},{"text":"re', ['two']],
    [
      'tags in the answer',
      'There are <hallucination type="Counting">two</hallucination> <span class="x">red</span> dogs.',
      ['two', 'red'],
    ],
    ['an empty list', '{"unsupported":[]}', []],
    ['the word that there is none', 'No hallucinations were found.', []],
    ['prose', 'All of it looks plausible to me at first sight.', null],
    ['nothing', '', null],
  ])('%s', (_, reply, wanted) => {
    expect(phrases(reply)).toEqual(wanted);
  });

  it('and not what its own reason says to be right', () => {
    const list = (reason: string, more = {}) => JSON.stringify([{ phrase: 'a red car', reason, ...more }]);
    for (const right of ['The car is clearly visible.', 'Correct.', 'This is supported by the picture.'])
      expect(phrases(list(right))).toEqual([]);
    expect(phrases(list('', { correction: 'A red car.' }))).toEqual([]);
    for (const wrong of ['The car is visible but blue.', 'There is no car.', 'It is not correct.', 'a bus is there'])
      expect(phrases(list(wrong))).toEqual(['a red car']);
  });

  it('never throws, whatever the reply', () => {
    const replies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"spans":${json}}`),
    );
    fc.assert(
      fc.property(replies, (reply) => {
        for (const { phrase, confidence = 0 } of readFindings(reply) ?? []) {
          expect(phrase.trim()).not.toBe('');
          expect(confidence >= 0 && confidence <= 1).toBe(true);
        }
      }),
    );
  });
});

describe('a finding is found in the answer again', () => {
  const flagged = (scored: ReturnType<typeof place>) =>
    scored.tokens.filter(({ reward }) => reward !== null && reward <= 0.5).map(({ text, start }) => `${start} ${text}`);

  it('by its words, by the words around it, and by offsets in units or code points', () => {
    expect(flagged(place({ phrase: 'dog', context: 'A dog barks' }))).toEqual(['35 dog']);
    expect(flagged(place({ phrase: 'red dogs', start: 7 }))).toEqual(['7 red', '11 dogs']);
    expect(flagged(place({ phrase: 'red dogs', start: 6 }))).toEqual(['7 red', '11 dogs']);
    expect(place({ phrase: 'an elephant' }).dropped).toBe(1);
  });

  it('with its type in our words, its reason on one line, and its confidence; an unsure one is left out', () => {
    const { tokens } = place({
      phrase: 'three',
      type: 'Numerical_Attribute',
      reason: 'there\nare\u001b two',
      confidence: 0.9,
    });
    expect(tokens.find(({ text }) => text === 'three')).toMatchObject({
      reward: expect.closeTo(0.1),
      type: 'counting',
      reason: 'there are two',
    });
    expect(flagged(place({ phrase: 'three', confidence: 0.2 }))).toEqual([]);
  });
});

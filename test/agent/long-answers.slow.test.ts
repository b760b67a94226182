import { describe, expect, it } from 'vitest';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { cpuTime } from '../cpu-time.js';
import { dictionary, image, wordScorer } from './doubles.js';

const ask = (response: string) => ({ images: [image], response });
const nothing = dictionary({});

describe('however long an answer is', () => {
  const bad = wordScorer((word) => (/^accordions?$/.test(word) ? 0.1 : 0.9), {
    evidence: [{ kind: 'object', label: 'saxophone', confidence: 0.9 }],
  });

  it('the limits that bite are named', async () => {
    const response = 'There is an accordion here. '.repeat(300);
    const { report } = await correct(ask(response), { scorer: bad, rewriter: nothing, maxRounds: 1 });
    expect(report.limits).toEqual(['at most 200 flagged spans are rewritten in a round']);
    const one = await correct(ask(`I see ${'a fine accordion and '.repeat(20)}a dog.`), {
      scorer: bad,
      rewriter: nothing,
    });
    expect(one.report.limits).toEqual(['in a sentence, at most 12 flagged spans are rewritten in a round']);
  });

  it.each([
    ['a phrase again and again', '6 accordions '],
    ['flagged sentences', 'There are 6 accordions. '],
  ])('others get their turn, and the cost stays bounded: %s', async (_, unit) => {
    // processor time, so that a busy machine does not count as a held event loop
    let longest = 0;
    let last = cpuTime();
    let open = true;
    const tick = () => {
      const now = cpuTime();
      longest = Math.max(longest, now - last);
      last = now;
      if (open) setImmediate(tick);
    };
    setImmediate(tick);
    const began = cpuTime();
    const result = await correct(ask(unit.repeat(2000)), { scorer: bad, rewriter: localRewriter(), maxRounds: 1 });
    open = false;
    expect(result.report.limits?.length).toBeGreaterThan(0);
    expect(longest).toBeLessThan(1_500);
    expect(longest).toBeLessThan((cpuTime() - began) / 2);
    expect(cpuTime() - began).toBeLessThan(20_000);
  });
});

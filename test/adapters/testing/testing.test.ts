import { describe, expect, it } from 'vitest';
import { supportedByPicture } from '../../../src/adapters/testing/evalite.js';
import { isSupported } from '../../../src/adapters/testing/promptfoo.js';
import { support } from '../../../src/adapters/testing/support.js';
import '../../../src/vitest.js';
import { badWords } from '../../agent/doubles.js';
import { pixel } from '../../server/proxy-server.js';

const scorer = badWords('red');
const nobody = {
  name: 'nobody',
  score: async ({ response }: { response: string }) => ({
    response,
    tokens: [],
    scorer: 'nobody',
    abstained: 'too dark',
  }),
};

describe('expect(answer).toBeSupportedBy(image)', () => {
  it('passes where no word is flagged, and names the words where one is', async () => {
    await expect('The bus is blue.').toBeSupportedBy(pixel, { scorer });
    await expect('The bus is red.').not.toBeSupportedBy([pixel], { scorer });
    await expect(expect('The bus is red.').toBeSupportedBy(pixel, { scorer })).rejects.toThrow(
      /not in the picture: red \(0\.\d\d\); \d of \d content words judged/,
    );
  });

  it('is neither right nor wrong where nothing could be judged', async () => {
    const unjudged = /could not be judged by nobody: too dark/;
    await expect(expect('A dog.').toBeSupportedBy(pixel, { scorer: nobody })).rejects.toThrow(unjudged);
    await expect(expect('A dog.').not.toBeSupportedBy(pixel, { scorer: nobody })).rejects.toThrow(unjudged);
    await expect(expect(7).toBeSupportedBy(pixel, { scorer })).rejects.toThrow(/takes the answer as a string/);
  });

  it('takes a threshold and the name of a scorer', async () => {
    await expect('The bus is red.').toBeSupportedBy(pixel, { scorer, threshold: 0 });
    await expect(support('A dog.', pixel, { scorer: 'nonsense' })).rejects.toThrow(/unknown scorer "nonsense"/);
  });
});

describe('promptfoo', () => {
  it('fails an output with a word that the picture does not support, and says which', async () => {
    const result = await isSupported('It is red. It is big.', {
      vars: { image: pixel },
      config: { scorer: 'x' },
    }).catch(({ message }: Error) => message);
    expect(result).toMatch(/unknown scorer/);
    await expect(isSupported('A dog.', { vars: {} })).rejects.toThrow(
      /the variable image of the test holds no picture/,
    );
  });
});

describe('evalite', () => {
  it('gets about the share of the right sentences, and what is wrong', async () => {
    const { scorer: score } = supportedByPicture({ image: (input: { file: string }) => input.file, scorer });
    const { score: share, metadata } = await score({
      input: { file: pixel },
      output: 'It is big. It is red.',
    });
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.7);
    expect(metadata).toMatchObject({ supported: false, flagged: [{ text: 'red' }] });
  });
});

import { asLines, type Format } from './format.js';

/**
 * Preference pairs, as TRL reads them: the corrected answer is chosen, the model's own rejected. Only answers that are
 * right afterwards: handed in, changed, and every wrong word replaced or deleted.
 */
export const dpo: Format = {
  about: 'preference pairs: prompt, chosen, rejected',
  write: (items) =>
    asLines(
      (async function* () {
        for await (const { records } of items)
          for (const { id, annotator, image, prompt, response, corrected, labels, spans } of records) {
            const mended = spans.every(({ label, replacement }) => label === 'supported' || replacement !== undefined);
            if (!labels || !mended || corrected === response || corrected.trim() === '') continue;
            yield { id, prompt: prompt ?? '', chosen: corrected, rejected: response, images: [image], annotator };
          }
      })(),
    ),
};

import { imageIdOf } from '../benchmarks/caption-answer.js';
import { chairScripts, trueObjects } from '../benchmarks/chair.js';
import { lemmasOf, objectWords, readSynonyms } from '../benchmarks/chair-words.js';
import { loadCocoTruth } from '../benchmarks/coco-truth.js';
import type { ObjectsOf } from './recorded-items.js';

/**
 * CHAIR as ground truth of corrections: the COCO objects that an answer names, by the original script's words, against
 * those that stand in the picture.
 *
 * @param annotations A captions_*.json of COCO, or its annotations folder.
 * @param synonyms CHAIR's synonyms.txt.
 */
export async function chairObjects(annotations: string, synonyms: string): Promise<ObjectsOf> {
  const read = await loadCocoTruth(annotations, { synonyms });
  const [{ rules, lemmatiser }] = chairScripts;
  const words = readSynonyms(read.synonyms, rules);
  const items = new Map(read.items.map((item) => [item.id, item]));
  const namesIn = (text: string) =>
    objectWords(lemmasOf(text, words, lemmatiser), words).found.map(({ node }) => ({ name: node, start: 0, end: 0 }));
  return ({ id, image }) => {
    const item = items.get(imageIdOf(image)) ?? items.get(imageIdOf(id));
    return item && { namesIn, present: trueObjects(item, words, lemmatiser) };
  };
}

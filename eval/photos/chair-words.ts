import { readFileSync } from 'node:fs';
import { DetectiveError, errorMessage } from '../../src/errors.js';
import { pluralize } from '../../src/text/agreement.js';
import { type CocoCategory, cocoCategories } from '../../src/text/lexicon/coco-objects.js';

export interface ChairMention {
  start: number;
  end: number;
  category: CocoCategory;
}

/**
 * CHAIR's own way of finding objects (Rohrbach et al., arXiv 1809.02156): the words of its published synonym file, in
 * both numbers, the longest first. It knows no negation and few compounds; that is what it is.
 *
 * @param file `data/synonyms.txt` of LisaAnne/Hallucination: a line a category, its name first.
 */
export function readChairWords(file: string): (text: string) => ChairMention[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new DetectiveError('bad-input', `CHAIR's synonyms ${file} cannot be read: ${errorMessage(cause)}`, { cause });
  }
  const known = new Set<string>(cocoCategories);
  const words = new Map<string, CocoCategory | null>();
  for (const line of text.split('\n')) {
    const [name, ...others] = line.split(',').map((word) => word.trim().replace(/\s+/g, ' '));
    if (!name || !known.has(name)) continue;
    for (const word of [name, ...others]) {
      if (!word) continue;
      words.set(word, name as CocoCategory);
      words.set(pluralize(word), name as CocoCategory);
    }
  }
  // CHAIR joins these pairs so that their second word is not read alone
  for (const animal of 'bird cat dog horse sheep cow elephant bear zebra giraffe animal cub'.split(' '))
    for (const age of ['baby', 'adult'])
      words.set(`${age} ${animal}`, (known.has(animal) ? animal : null) as CocoCategory | null);
  for (const vehicle of ['jet', 'train']) words.set(`passenger ${vehicle}`, vehicle === 'jet' ? 'airplane' : 'train');
  for (const phrase of ['toilet seat', 'wine glas'])
    words.set(phrase, phrase === 'toilet seat' ? 'toilet' : 'wine glass');
  words.set('bow tie', 'tie');
  words.set('train track', null);
  words.set('train tracks', null);
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${[...words.keys()]
      .sort((a, b) => b.length - a.length)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+'))
      .join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  );
  return (answer) =>
    [...answer.matchAll(pattern)].flatMap((match) => {
      const category = words.get(match[0].toLowerCase().replace(/\s+/g, ' '));
      return category ? [{ start: match.index, end: match.index + match[0].length, category }] : [];
    });
}

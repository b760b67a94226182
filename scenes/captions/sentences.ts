import type { Fact } from './fact.js';
import { absentSentence } from './sentences/absent.js';
import {
  colourSentence,
  compareSentence,
  extremeSentence,
  moreSentence,
  sizeSentence,
} from './sentences/attributes.js';
import { existsSentence } from './sentences/exists.js';
import { groundSentence } from './sentences/ground.js';
import { placeSentence } from './sentences/place.js';
import { betweenSentence, distanceSentence, relationSentence } from './sentences/relation.js';
import type { Sentence } from './sentences/sentence.js';
import { signSentence } from './sentences/sign.js';
import type { Wording } from './wording.js';

/** Says one fact in words. The same wording gives the same shape whatever the values are. */
export function sentenceOf(fact: Fact, wording: Wording, key: string): Sentence {
  switch (fact.kind) {
    case 'exists':
      return existsSentence(fact, wording, key);
    case 'absent':
      return absentSentence(fact, wording, key);
    case 'relation':
      return relationSentence(fact, wording, key);
    case 'distance':
      return distanceSentence(fact, wording, key);
    case 'between':
      return betweenSentence(fact, wording, key);
    case 'compare':
      return compareSentence(fact, wording, key);
    case 'extreme':
      return extremeSentence(fact, wording, key);
    case 'more':
      return moreSentence(fact, wording, key);
    case 'place':
      return placeSentence(fact, wording, key);
    case 'colour':
      return colourSentence(fact, wording, key);
    case 'size':
      return sizeSentence(fact, wording, key);
    case 'ground':
      return groundSentence(fact, wording, key);
    case 'sign':
      return signSentence(fact, wording, key);
  }
}

import type { Fact } from '../fact.js';
import type { Wording } from '../wording.js';
import { absentTail } from './absent.js';
import { groundTail } from './ground.js';
import type { Sentence } from './sentence.js';
import { signTail } from './sign.js';

const carriers: ReadonlySet<Fact['kind']> = new Set(['exists', 'relation', 'distance', 'place', 'between']);

/** The fact as a phrase to hang on the sentence before, or null where it takes a sentence of its own. */
export function tailOf(fact: Fact, before: Fact, wording: Wording, key: string): Sentence | null {
  switch (fact.kind) {
    case 'ground':
      return carriers.has(before.kind) ? groundTail(fact, wording, key) : null;
    case 'absent':
      return before.kind === 'exists' ? absentTail(fact, wording, key) : null;
    case 'sign':
      return before.kind === 'exists' ? signTail(fact, wording, key) : null;
    default:
      return null;
  }
}

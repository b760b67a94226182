import type { PerturbationType } from '../flag-type.js';
import type { FlaggedSpan } from '../flagged-span.js';
import { type ClaimKind, claimsOf } from './claims.js';

/** The error that wrong words of a kind of claim are. */
const typeOfKind: Readonly<Record<ClaimKind, PerturbationType>> = {
  thing: 'object',
  number: 'counting',
  attribute: 'attribute',
  action: 'attribute',
  relation: 'spatial',
  place: 'spatial',
  print: 'ocr',
  name: 'ocr',
  polarity: 'counterfactual',
};

/** What is longer is no sentence that anybody wrote, and is not read for types. */
const longest = 2000;

/** Gives each span without a type that of what its first claiming word says; a span that claims nothing keeps none. */
export function typeByWords(text: string, spans: readonly FlaggedSpan[]): void {
  let claims: ReturnType<typeof claimsOf> = [];
  let from = -1;
  for (const span of spans) {
    if (span.type !== undefined) continue;
    const [start, end] = span.sentence;
    if (end - start > longest) continue;
    if (start !== from) [claims, from] = [claimsOf(text.slice(start, end)), start];
    const said = claims.find((claim) => claim.end > span.start - start && claim.start < span.end - start);
    if (said) span.type = typeOfKind[said.kind];
  }
}

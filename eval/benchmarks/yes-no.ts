/**
 * POPE's own reading of an answer (evaluate.py): of the text before the first full stop, without commas, one of the
 * space-separated words `No`, `not`, `no` makes it no; anything else is yes, so that `NO`, `no!`, `isn't` and an empty
 * answer are yes.
 */
export function popeYesNo(answer: string): 'yes' | 'no' {
  const words = answer.split('.', 1)[0]!.replaceAll(',', '').split(' ');
  return words.includes('No') || words.includes('not') || words.includes('no') ? 'no' : 'yes';
}

/** `yes` or `no` where just one of the two words is in the answer, however written; else null. */
export function wordYesNo(answer: string): 'yes' | 'no' | null {
  const words = new Set(answer.toLowerCase().match(/[\p{L}']+/gu));
  if (words.has('yes') === words.has('no')) return null;
  return words.has('yes') ? 'yes' : 'no';
}

/** Counts of binary judgements, `yes` being the positive class: true and false positives, true and false negatives. */
export const confusion = { tp: 0, fp: 1, tn: 2, fn: 3, width: 4 } as const;

export function countYesNo(row: Float64Array, said: 'yes' | 'no', truth: 'yes' | 'no'): void {
  const { tp, fp, tn, fn } = confusion;
  row[said === 'yes' ? (truth === 'yes' ? tp : fp) : truth === 'yes' ? fn : tn]!++;
}

/** A yes or no at the head of an answer, with the mark behind it. */
export const polarityHead = /^["'“‘(*_]*(yes|no|yeah|yep|nope)(?=["'”’)*_]*(?:\s*[,.:;!—–]|\s+[-—–]|\s*$))/i;

/** Whether a sentence is nothing but a yes or a no. */
export function isPolarityAlone(text: string): boolean {
  const head = polarityHead.exec(text);
  return head !== null && !/[\p{L}\p{N}]/u.test(text.slice(head[0].length));
}

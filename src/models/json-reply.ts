/** Longer replies are not read. */
export const maxReplyLength = 200_000;

/**
 * JSON as it is, or behind reasoning, inside a code fence or a few words around it; of JSON that was cut off, the whole
 * items of its list. undefined where there is none.
 */
export function parseJsonReply(reply: string | null): unknown {
  if (!reply || reply.length > maxReplyLength) return undefined;
  const said = reply.replace(/^[\s\S]*<\/think(?:ing)?>/i, '');
  const candidates = [
    said,
    /```(?:json)?\s*([\s\S]*?)```/.exec(said)?.[1],
    ...(said.indexOf('[') >= 0 && said.indexOf('[') < said.indexOf('{') ? ['[]', '{}'] : ['{}', '[]']).map(
      ([open, close]) => said.slice(said.indexOf(open!), said.lastIndexOf(close!) + 1),
    ),
    completed(said),
  ];
  for (const candidate of candidates) {
    if (!candidate) continue;
    try {
      return JSON.parse(candidate);
    } catch {}
  }
  return undefined;
}

/** JSON that breaks off inside a list: up to the last whole item, with what closes it. undefined where nothing is whole. */
function completed(text: string): string | undefined {
  const from = text.search(/[{[]/);
  if (from < 0) return undefined;
  const open: string[] = [];
  let inString = false;
  let whole: string | undefined;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '{') open.push('}');
    else if (character === '[') open.push(']');
    else if (character === '}' || character === ']') {
      if (open.pop() !== character) return whole;
      // an item of a list ends here
      if (open.at(-1) === ']') whole = text.slice(from, at + 1) + [...open].reverse().join('');
      if (open.length === 0) return undefined;
    }
  }
  return whole;
}

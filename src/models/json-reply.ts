/** Longer replies are not read. */
export const maxReplyLength = 200_000;

/** JSON as it is, or inside a code fence or a few words around it; undefined where there is none. */
export function parseJsonReply(reply: string | null): unknown {
  if (!reply || reply.length > maxReplyLength) return undefined;
  const candidates = [
    reply,
    /```(?:json)?\s*([\s\S]*?)```/.exec(reply)?.[1],
    reply.slice(reply.indexOf('{'), reply.lastIndexOf('}') + 1),
  ];
  for (const candidate of candidates) {
    if (!candidate) continue;
    try {
      return JSON.parse(candidate);
    } catch {}
  }
  return undefined;
}

import { DetectiveError } from '../base/errors.js';
import { anthropicMessages } from './anthropic-messages.js';
import { gemini } from './gemini.js';
import { isObject, type JsonObject } from './json-path.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import type { PicturePart } from './pictures.js';
import type { Protocol } from './protocol.js';

/** Every protocol that is known; the first is that of a call of which nothing is known. */
const protocols = [openaiChat, openaiResponses, anthropicMessages, gemini] as const;

export type ProtocolName = (typeof protocols)[number]['name'];
export type WireProtocol = Protocol<ProtocolName>;

export const defaultProtocol: WireProtocol = protocols[0];

/** Every call that can be corrected, as documents write it. */
export const correctedCalls: readonly { path: string; title: string }[] = protocols.flatMap(({ calls, title }) =>
  calls.map((path) => ({ path, title })),
);

/** The path of a URL, absolute or relative, as a server that is lenient about slashes reads it. */
const pathOf = (url: string) =>
  url
    .replace(/[?#].*$/s, '')
    .replace(/\/{2,}/g, '/')
    .replace(/\/+$/, '');

/** The protocol of a call, by method and path; undefined for every other call. Takes absolute and relative URLs. */
export function protocolOf(method: string, url: string): WireProtocol | undefined {
  if (method.toUpperCase() !== 'POST') return undefined;
  const path = pathOf(url);
  return protocols.find(({ route }) => route.test(path));
}

/** As {@link protocolOf}, where the path is nothing but the provider's own. */
export function protocolAtRoot(method: string, path: string): WireProtocol | undefined {
  const found = protocolOf(method, path);
  const root = found && pathOf(path).replace(found.route, '');
  return found?.roots.some((one) => one === root) ? found : undefined;
}

/** @throws DetectiveError `bad-argument` for a name that is none. */
export function protocolNamed(name: ProtocolName): WireProtocol {
  const found = protocols.find((protocol) => protocol.name === name);
  if (found) return found;
  const known = protocols.map((protocol) => protocol.name).join(', ');
  throw new DetectiveError('bad-argument', `there is no protocol ${JSON.stringify(name)}: use one of ${known}`);
}

/** The picture in an object of a call's body, in the shape of any protocol. */
export function pictureOf(part: JsonObject): PicturePart | undefined {
  for (const protocol of protocols) {
    const found = protocol.picture(part);
    if (found) return found;
  }
  return undefined;
}

/** The provider's id of an answer, whichever protocol it is of. */
export function answerIdOf(answer: unknown): string | undefined {
  if (!isObject(answer)) return undefined;
  for (const { answerId } of protocols as readonly WireProtocol[]) {
    const id = answerId(answer);
    if (id !== undefined) return id;
  }
  return undefined;
}

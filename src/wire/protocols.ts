import { DetectiveError } from '../base/errors.js';
import { anthropicMessages } from './anthropic-messages.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import type { Protocol } from './protocol.js';

const protocols: readonly Protocol[] = [openaiChat, openaiResponses, anthropicMessages];

/** The protocol of a call, by method and path; undefined for every other call. Takes absolute and relative URLs. */
export function protocolOf(method: string, url: string): Protocol | undefined {
  if (method.toUpperCase() !== 'POST') return undefined;
  const path = url.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  return protocols.find((protocol) => path.endsWith(protocol.path));
}

export function protocolNamed(name: Protocol['name']): Protocol {
  const found = protocols.find((protocol) => protocol.name === name);
  if (found) return found;
  const known = protocols.map((protocol) => protocol.name).join(', ');
  throw new DetectiveError('bad-argument', `there is no protocol ${JSON.stringify(name)}: use one of ${known}`);
}

import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { wrapFetch } from '../../src/adapters/wrap-fetch.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import type { StreamMode } from '../../src/agent/text-stream.js';
import type { ResponseReport } from '../../src/http/report.js';
import { applyEdits } from '../../src/text/edits.js';
import { startProxy } from '../server/proxy-server.js';
import { dictionaryRewriter, wordListScorer } from './doubles.js';
import { type Reply, sendJson } from './wire-server.js';

/** One call and its answer in the shape in which the provider (or a server like it) sends it. */
export interface Conversation {
  /** What the call holds beside the model. */
  call: object;
  /** The answer: a body, or the events of a stream. */
  answer: object | string[];
  mode?: StreamMode;
  /** The texts that the client is left with, in order; an empty text for none. */
  says: string[];
  /** What the model said, where it was something else. */
  said?: string[];
  /** `choice status` of each text, and how the reason reads. */
  reports: (string | [string, RegExp])[];
  /** Answers that the SDK's stream helper does not put together (parts instead of text, errors). */
  unassembled?: true;
}

export const fixes = { green: 'red', three: 'two', '3': '2', verde: 'rojo', 緑: '赤' };

export function checkedOptions(reports: ResponseReport[]): WrapOptions {
  return {
    scorer: wordListScorer(Object.keys(fixes)),
    rewriter: dictionaryRewriter(fixes),
    onReport: (report) => reports.push(report),
  };
}

export const replyWith =
  ({ answer }: Pick<Conversation, 'answer'>): Reply =>
  (_request, response: ServerResponse) => {
    if (!Array.isArray(answer)) return sendJson(response, answer, 200, { 'x-request-id': 'req_1' });
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_1' });
    response.end(answer.join(''));
  };

/** The report says what was promised, and its edits lead from the model's words to what the client has. */
export function checkReports({ reports: wanted, says, said }: Conversation, report: ResponseReport | undefined): void {
  const answers = report?.answers ?? [];
  expect(answers.map(({ choice, status }) => `${choice} ${status}`)).toEqual(
    wanted.map((one) => (typeof one === 'string' ? one : one[0])),
  );
  for (const [index, one] of wanted.entries())
    if (typeof one !== 'string') expect(answers[index]?.reason).toMatch(one[1]);
  const edited = answers.filter(({ edits }) => edits.length > 0);
  const changed = says.flatMap((text, index) => (said && said[index] !== text ? [[said[index]!, text] as const] : []));
  expect(edited).toHaveLength(report && changed.length > 0 ? changed.length : 0);
  for (const [index, [before, after]] of changed.entries())
    if (edited[index]) expect(applyEdits(before, edited[index].edits)).toBe(after);
}

/** Everything in the corrected body but the texts and what tells of them is what the upstream sent. */
export function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'vlm_detective')
      .map(([key, inner]) =>
        (key === 'content' || key === 'text' || key === 'output_text') && typeof inner === 'string'
          ? [key, 'text']
          : key === 'logprobs' || key === 'start_index' || key === 'end_index'
            ? [key, 'moved']
            : [key, withoutTexts(inner)],
      ),
  );
}

/** The data of each event of a stream. */
export function eventData(stream: string): { type?: string; [key: string]: unknown }[] {
  return stream
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) => /^data: ?(.*)$/m.exec(block)?.[1])
    .filter((data) => data?.startsWith('{'))
    .map((data) => JSON.parse(data!));
}

/** Reports as they would be if every one had the same id and took no time. */
const timeless = (text: string) =>
  text.replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID').replace(/("\w+Ms": ?)[\d.e-]+/g, '$10');

/** The answer leaves the proxy and a wrapped client with the same status and the same bytes. */
export async function checkRoads(url: string, body: object, { answer, mode }: Conversation): Promise<void> {
  const [origin, path] = [new URL(url).origin, new URL(url).pathname];
  const options = { ...checkedOptions([]), ...(mode ? { stream: mode } : {}) };
  const { scorer, rewriter, stream } = options as Required<typeof options>;
  const proxy = await startProxy({ upstream: origin, scorer, rewriter, ...(mode ? { stream } : {}) });
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.isArray(answer) ? { ...body, stream: true } : body),
  };
  const [wrapped, proxied] = await Promise.all([wrapFetch(fetch, options)(url, init), fetch(proxy.url + path, init)]);
  expect(proxied.status).toBe(wrapped.status);
  const text = await wrapped.text();
  // a call without a picture is none of the proxy's business; a wrapped client is told that nothing was judged
  const told = text.includes('"the call holds no picture"') ? JSON.stringify(answer) : text;
  expect(timeless(await proxied.text())).toBe(timeless(told));
  for (const name of ['content-type', 'x-request-id'])
    expect(proxied.headers.get(name)).toBe(wrapped.headers.get(name));
}

import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapAnthropic } from '../../src/adapters/wrap-anthropic.js';
import type { ResponseReport } from '../../src/http/report.js';
import {
  type Conversation,
  checkedOptions,
  checkReports,
  checkRoads,
  eventData,
  replyWith,
  withoutTexts,
} from './conversations.js';
import { pngDataUrl } from './doubles.js';
import { anthropicMessage } from './wire-bodies.js';
import { block, every, messageStream, sse, textBlock, textMessageStream } from './wire-events.js';
import { serve } from './wire-server.js';

const data = (await pngDataUrl()).split(',')[1]!;
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
const remote = { type: 'image', source: { type: 'url', url: 'https://a.example/x.png' } };
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more });
const user = (...content: object[]) => ({ role: 'user', content });
const messages = (...turns: object[]) => ({ messages: turns });
const ask = messages(user(picture, text('What is in the picture?')));

const wrong = 'There is a green car. I see three dogs.';
const right = 'There is a red car. I see two dogs.';
const json = '{"object": "car", "size": "small", "colour": "green", "count": 3, "wheels": [4, 4.5], "new": true}';
const jsonRight = '{"object": "car", "size": "small", "colour": "red", "count": 2, "wheels": [4, 4.5], "new": true}';
const fenced = (words: string) => `\`\`\`json\n${words}\n\`\`\``;
const schema = {
  type: 'object',
  properties: { object: { type: 'string' }, colour: { enum: ['green', 'blue'] }, count: { type: 'integer' } },
  required: ['colour', 'count'],
};
const format = (more: object) => ({ output_config: { format: { type: 'json_schema', ...more } } });
const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'zoom', input: { where: 'green' } };
const searched = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'green car' } };
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
const thinking = { type: 'thinking', thinking: 'three green dogs?', signature: 'EuYB' };
const hidden = { type: 'redacted_thinking', data: 'EmwK' };
const cite = {
  type: 'char_location',
  cited_text: 'green',
  document_index: 0,
  document_title: 'a',
  start_char_index: 0,
  end_char_index: 5,
};
const sorry = "I'm sorry, but I can't help with that.";

const ok = (
  call: object,
  answer: object | string[],
  says: string | string[] = right,
  more: Partial<Conversation> = {},
): Conversation => ({
  call,
  answer,
  says: Array.isArray(says) ? says : [says],
  said: [wrong],
  reports: ['0 clean'],
  ...more,
});
const skips = (says: string[], reason: RegExp): Partial<Conversation> => ({
  said: says,
  reports: [['0 skipped', reason]],
});
const reply = (...content: object[]) => anthropicMessage(content);
const toolEvents = (at: number) =>
  block(at, { ...toolUse, input: {} }, [
    { type: 'input_json_delta', partial_json: '' },
    { type: 'input_json_delta', partial_json: '{"where": "gr' },
    { type: 'input_json_delta', partial_json: 'een"}' },
  ]);
const thoughtEvents = (at: number) =>
  block(at, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: 'three green' },
    { type: 'thinking_delta', thinking: ' dogs?' },
    { type: 'signature_delta', signature: 'EuYB' },
  ]);
const citedEvents = (at: number, words: string, citations: object[]) =>
  block(at, { type: 'text', text: '', citations: [] }, [
    ...every(7)(words).map((part) => ({ type: 'text_delta', text: part })),
    ...citations.map((citation) => ({ type: 'citations_delta', citation })),
  ]);
const [opening, ...rest] = textMessageStream(wrong);

const conversations: Record<string, Conversation> = {
  // the call
  'one picture': ok(ask, reply(text(wrong))),
  'two pictures in one turn': ok(messages(user(picture, picture, text('Compare.'))), reply(text(wrong))),
  'a picture of an earlier turn': ok(
    messages(
      user(picture, text('What?')),
      { role: 'assistant', content: 'A car.' },
      { role: 'user', content: 'And dogs?' },
    ),
    reply(text(wrong)),
  ),
  'a system prompt': ok({ ...ask, system: 'Be brief.' }, reply(text(wrong))),
  'a cached system prompt in parts': ok(
    { ...ask, system: [text('Be brief.', { cache_control: { type: 'ephemeral' } })] },
    reply(text(wrong)),
  ),
  'a picture that a tool came back with': ok(
    messages(
      { role: 'user', content: 'What is on my screen?' },
      { role: 'assistant', content: [toolUse] },
      user({ type: 'tool_result', tool_use_id: 'toolu_1', content: [picture] }),
    ),
    reply(text(wrong)),
  ),
  'a picture beside a document': ok(
    messages(user({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }, picture)),
    reply(text(wrong)),
  ),
  'a turn that the assistant began': ok(
    messages(...ask.messages, { role: 'assistant', content: 'In the picture: ' }),
    reply(text(wrong)),
  ),
  'tools at hand': ok({ ...ask, tools: [{ name: 'zoom', input_schema: { type: 'object' } }] }, reply(text(wrong))),
  'no picture': ok(
    messages({ role: 'user', content: 'Hello' }),
    reply(text(wrong)),
    wrong,
    skips([wrong], /no picture/),
  ),
  'a picture behind a URL': ok(messages(user(remote)), reply(text(wrong)), wrong, skips([wrong], /not fetched/)),
  'one picture here and one behind a URL': ok(
    messages(user(picture, remote)),
    reply(text(wrong)),
    wrong,
    skips([wrong], /not fetched/),
  ),
  'a picture by its file id': ok(
    messages(user({ type: 'image', source: { type: 'file', file_id: 'file_1' } })),
    reply(text(wrong)),
    wrong,
    skips([wrong], /file id/),
  ),
  // the answer
  'nothing wrong': ok(ask, reply(text(right)), right, { said: [right] }),
  'a tool call': ok(ask, anthropicMessage([toolUse], { stop_reason: 'tool_use' }), [], skips([], /tool call/)),
  'a text and a tool call': ok(ask, anthropicMessage([text(wrong), toolUse], { stop_reason: 'tool_use' })),
  'two texts around a search': ok(
    ask,
    reply(text('A green car.'), searched, found, text('I see three dogs.')),
    ['A red car.', 'I see two dogs.'],
    { said: ['A green car.', 'I see three dogs.'], reports: ['0 clean', '3 clean'] },
  ),
  'thoughts before the text': ok(ask, reply(thinking, text(wrong)), right, { reports: ['1 clean'] }),
  'hidden thoughts': ok(ask, reply(hidden, text(wrong)), right, { reports: ['1 clean'] }),
  'thoughts alone': ok(ask, reply(thinking), [], skips([], /reasoning/)),
  'a refusal': ok(ask, anthropicMessage([], { stop_reason: 'refusal' }), [], skips([], /refused/)),
  'a refusal in words': ok(ask, reply(text(sorry)), sorry, skips([sorry], /refusal/)),
  'no words': ok(ask, reply(), [], skips([], /empty/)),
  'a text that cites a document': ok(ask, reply(text(wrong, { citations: [cite] })), wrong, skips([wrong], /cites/)),
  'a text that cites and one that does not': ok(
    ask,
    reply(text('A green car.', { citations: [cite] }), text(wrong)),
    ['A green car.', right],
    { said: ['A green car.', wrong], reports: ['1 clean'] },
  ),
  'cut off at the limit': ok(
    ask,
    anthropicMessage([text('A green car and')], { stop_reason: 'max_tokens' }),
    'A red car and',
    {
      said: ['A green car and'],
    },
  ),
  'stopped by a word': ok(ask, anthropicMessage([text(wrong)], { stop_reason: 'stop_sequence', stop_sequence: 'END' })),
  JSON: ok(ask, reply(text(json)), jsonRight, { said: [json] }),
  'a JSON schema that keeps a value from being changed': ok(
    { ...ask, ...format({ schema }) },
    reply(text(json)),
    json.replace('3', '2'),
    { said: [json], reports: ['0 no-progress'] },
  ),
  'JSON in a fence': ok(ask, reply(text(fenced(json))), fenced(jsonRight), { said: [fenced(json)] }),
  'a list in Markdown': ok(ask, reply(text('- a **green** car\n- three dogs\n')), '- a **red** car\n- two dogs\n', {
    said: ['- a **green** car\n- three dogs\n'],
  }),
  'other scripts': ok(ask, reply(text('Un coche verde 😀. 緑 の 車。')), 'Un coche rojo 😀. 赤 の 車。', {
    said: ['Un coche verde 😀. 緑 の 車。'],
  }),
  // streams
  'a stream': ok(ask, textMessageStream(wrong)),
  'a stream with nothing wrong': ok(ask, textMessageStream(right), right, { said: [right] }),
  'a stream in coarse chunks': ok(ask, textMessageStream(wrong, every(30))),
  'a stream in single characters': ok(ask, textMessageStream(wrong, every(1))),
  'a stream corrected at its end': ok(ask, textMessageStream(wrong), right, { mode: 'final' }),
  'a stream that is left alone': ok(ask, textMessageStream(wrong), wrong, { mode: 'off', reports: [] }),
  'a stream with CR LF': ok(
    ask,
    textMessageStream(wrong).map((event) => event.replaceAll('\n', '\r\n')),
  ),
  'a stream with pings everywhere': ok(ask, [
    opening!,
    ...rest.flatMap((event) => [sse({ type: 'ping' }, 'ping'), event]),
  ]),
  'a stream about no picture': ok(
    messages({ role: 'user', content: 'Hello' }),
    textMessageStream(wrong),
    wrong,
    skips([wrong], /no picture/),
  ),
  'a stream about a picture behind a URL': ok(
    messages(user(remote)),
    textMessageStream(wrong),
    wrong,
    skips([wrong], /not fetched/),
  ),
  'a stream of a tool call': ok(
    ask,
    messageStream(toolEvents(0), { stop_reason: 'tool_use' }),
    [],
    skips([], /tool call/),
  ),
  'a stream of a text and a tool call': ok(
    ask,
    messageStream([...textBlock(wrong), ...toolEvents(1)], { stop_reason: 'tool_use' }),
  ),
  'a stream of thoughts and a text': ok(
    ask,
    messageStream([...thoughtEvents(0), ...textBlock(wrong, { at: 1 })]),
    right,
    {
      reports: ['1 clean'],
    },
  ),
  'a stream of thoughts': ok(ask, messageStream(thoughtEvents(0)), [], skips([], /reasoning/)),
  'a stream of two texts around a search': ok(
    ask,
    messageStream([
      ...textBlock('A green car.'),
      ...block(1, { ...searched, input: {} }, [{ type: 'input_json_delta', partial_json: '{"query":"green car"}' }]),
      ...block(2, found, []),
      ...textBlock('I see three dogs.', { at: 3 }),
    ]),
    ['A red car.', 'I see two dogs.'],
    { said: ['A green car.', 'I see three dogs.'], reports: ['0 clean', '3 clean'] },
  ),
  'a stream that cites': ok(ask, messageStream(citedEvents(0, wrong, [cite])), wrong, skips([wrong], /cites/)),
  'a stream that could cite and does not': ok(ask, messageStream(citedEvents(0, wrong, []))),
  'a stream of a refusal': ok(ask, messageStream([], { stop_reason: 'refusal' }), [], skips([], /refused/)),
  'a stream with no words': ok(ask, messageStream([]), [], skips([], /empty/)),
  'a stream cut off at the limit': ok(
    ask,
    messageStream(textBlock('A green car and'), { stop_reason: 'max_tokens' }),
    'A red car and',
    {
      said: ['A green car and'],
    },
  ),
  'a stream that begins inside its block': ok(
    ask,
    messageStream(block(0, text('There is a green'), [{ type: 'text_delta', text: ' car. I see three dogs.' }])),
  ),
  'a stream of JSON': ok({ ...ask, ...format({ schema: { type: 'object' } }) }, textMessageStream(json), jsonRight, {
    said: [json],
  }),
  'a stream held to a JSON schema': ok(
    { ...ask, ...format({ schema }) },
    textMessageStream(json),
    json.replace('3', '2'),
    {
      said: [json],
      reports: ['0 no-progress'],
    },
  ),
  'a stream of JSON in a fence': ok(ask, textMessageStream(fenced(json)), fenced(jsonRight), { said: [fenced(json)] }),
};

async function setUp(conversation: Conversation) {
  const server = await serve(replyWith(conversation));
  const reports: ResponseReport[] = [];
  const bare = new Anthropic({ apiKey: 'sk-ant-test', baseURL: server.origin, maxRetries: 0 });
  const mode = conversation.mode ? { stream: conversation.mode } : {};
  return { server, bare, reports, anthropic: wrapAnthropic(bare, { ...checkedOptions(reports), ...mode }) };
}

const textsOf = ({ content }: Anthropic.Message) =>
  content.flatMap((part) => (part.type === 'text' ? [part.text] : []));

describe('conversations over messages', () => {
  it('are 40 or more', () => expect(Object.keys(conversations).length).toBeGreaterThanOrEqual(40));

  it.each(Object.entries(conversations))('%s', async (_name, conversation) => {
    const { server, anthropic, bare, reports } = await setUp(conversation);
    const body = { model: 'm', max_tokens: 99, ...conversation.call } as Anthropic.MessageCreateParamsNonStreaming;
    const { answer, says, said } = conversation;
    await checkRoads(`${server.origin}/v1/messages`, body, conversation);
    const unchanged = JSON.stringify(says) === JSON.stringify(said ?? says);
    if (!Array.isArray(answer)) {
      const message = await anthropic.messages.create(body);
      expect(textsOf(message)).toEqual(says);
      expect(withoutTexts({ ...message })).toEqual(withoutTexts(answer));
      checkReports(conversation, reports[0]);
      expect(correctionReports(message)).toEqual(reports[0]?.answers);
      return;
    }
    const sent = answer.join('');
    const raw = await (await anthropic.messages.create({ ...body, stream: true }).asResponse()).text();
    expect(raw === sent).toBe(unchanged || conversation.mode === 'off');
    expect(eventData(raw).map(withoutTexts)).toEqual(eventData(sent).map(withoutTexts));
    checkReports(conversation, reports[0]);
    const texts: string[] = [];
    for await (const event of await anthropic.messages.create({ ...body, stream: true })) {
      if (event.type === 'content_block_start' && event.content_block.type === 'text')
        texts.push(event.content_block.text);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
        texts[texts.length - 1] += event.delta.text;
    }
    expect(texts).toEqual(says);
    const helped = await anthropic.messages.stream(body).finalMessage();
    const plain = await bare.messages.stream(body).finalMessage();
    expect(textsOf(helped)).toEqual(says);
    expect(withoutTexts({ ...helped })).toEqual(withoutTexts({ ...plain }));
    expect(correctionReports(helped)).toEqual(
      conversation.mode === 'off' || reports.at(-1)?.answers[0]?.reason?.match(/no picture|not fetched/)
        ? expect.anything()
        : reports.at(-1)?.answers,
    );
  });
});

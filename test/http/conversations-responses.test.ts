import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
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
import { modelResponse, outputMessage, outputText } from './wire-bodies.js';
import {
  every,
  messageItem,
  type ResponseEvent,
  responseEvents,
  responseStream,
  textResponseStream,
} from './wire-events.js';
import { serve } from './wire-server.js';

const png = await pngDataUrl();
const picture = (image_url = png) => ({ type: 'input_image', image_url, detail: 'auto' });
const text = (words: string) => ({ type: 'input_text', text: words });
const user = (...content: object[]) => ({ role: 'user', content });
const input = (...items: object[]) => ({ input: items });
const ask = input(user(text('What is in the picture?'), picture()));

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
const format = (more: object) => ({ text: { format: { name: 'x', ...more } } });
const toolCall = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'zoom',
  arguments: '{"where":"green"}',
  status: 'completed',
};
const search = {
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  action: { type: 'search', query: 'green car' },
};
const thoughts = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'three green dogs?' }] };
const refused = { type: 'refusal', refusal: 'No green things.' };
const link = { type: 'url_citation', start_index: 17, end_index: 20, url: 'https://a.example', title: 'a' };
const probs = [{ token: 'A', logprob: -0.1, bytes: [65], top_logprobs: [] }];
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
const said = (...texts: string[]) => modelResponse([outputMessage(texts.map((words) => outputText(words)))]);
const second = { reports: ['1 clean'] };

const itemEvents = (
  item: { id: string; [key: string]: unknown },
  output_index: number,
  between: ResponseEvent[] = [],
): ResponseEvent[] => [
  { type: 'response.output_item.added', output_index, item: { ...item, status: 'in_progress' } },
  ...between.map((event) => ({ item_id: item.id, output_index, ...event })),
  { type: 'response.output_item.done', output_index, item },
];
const callEvents = (at: number) =>
  itemEvents(toolCall, at, [
    { type: 'response.function_call_arguments.delta', delta: '{"where":' },
    { type: 'response.function_call_arguments.delta', delta: '"green"}' },
    { type: 'response.function_call_arguments.done', arguments: '{"where":"green"}' },
  ]);
const thoughtEvents = (at: number) =>
  itemEvents(thoughts, at, [
    { type: 'response.reasoning_summary_part.added', summary_index: 0, part: { type: 'summary_text', text: '' } },
    { type: 'response.reasoning_summary_text.delta', summary_index: 0, delta: 'three green dogs?' },
    { type: 'response.reasoning_summary_text.done', summary_index: 0, text: 'three green dogs?' },
  ]);
const refusalMessage = outputMessage([refused]);
const refusalEvents: ResponseEvent[] = [
  { type: 'response.output_item.added', output_index: 0, item: { ...outputMessage([]), status: 'in_progress' } },
  {
    type: 'response.content_part.added',
    item_id: refusalMessage.id,
    output_index: 0,
    content_index: 0,
    part: { type: 'refusal', refusal: '' },
  },
  {
    type: 'response.refusal.delta',
    item_id: refusalMessage.id,
    output_index: 0,
    content_index: 0,
    delta: 'No green things.',
  },
  {
    type: 'response.refusal.done',
    item_id: refusalMessage.id,
    output_index: 0,
    content_index: 0,
    refusal: 'No green things.',
  },
  { type: 'response.content_part.done', item_id: refusalMessage.id, output_index: 0, content_index: 0, part: refused },
  { type: 'response.output_item.done', output_index: 0, item: refusalMessage },
];
const answered = (words: string) => outputMessage([outputText(words)]);

const conversations: Record<string, Conversation> = {
  // the call
  'one picture': ok(ask, said(wrong)),
  'two pictures in one turn': ok(input(user(text('Compare.'), picture(), picture())), said(wrong)),
  'a picture of an earlier turn': ok(
    input(
      user(text('What?'), picture()),
      { role: 'assistant', content: 'A car.' },
      { role: 'user', content: 'And dogs?' },
    ),
    said(wrong),
  ),
  instructions: ok({ ...ask, instructions: 'Be brief.' }, said(wrong)),
  'a developer turn': ok(input({ role: 'developer', content: 'Be brief.' }, ...ask.input), said(wrong)),
  'a picture that a function came back with': ok(
    input({ role: 'user', content: 'What is on my screen?' }, toolCall, {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [picture()],
    }),
    said(wrong),
  ),
  'a screenshot of a computer call': ok(
    input(
      { role: 'user', content: 'What?' },
      {
        type: 'computer_call_output',
        call_id: 'call_1',
        output: { type: 'computer_screenshot', image_url: png },
      },
    ),
    said(wrong),
  ),
  'a picture beside sound and a file': ok(
    input(
      user(
        picture(),
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'input_file', file_data: 'x' },
      ),
    ),
    said(wrong),
  ),
  'tools at hand': ok(
    { ...ask, tools: [{ type: 'function', name: 'zoom', parameters: {}, strict: true }] },
    said(wrong),
  ),
  'a question in one string': ok({ input: 'Hello' }, said(wrong), wrong, skips([wrong], /no picture/)),
  'a picture behind a URL': ok(
    input(user(picture('https://a.example/x.png'))),
    said(wrong),
    wrong,
    skips([wrong], /not fetched/),
  ),
  'a picture by its file id': ok(
    input(user({ type: 'input_image', file_id: 'file_1', detail: 'auto' })),
    said(wrong),
    wrong,
    skips([wrong], /file id/),
  ),
  // the answer
  'nothing wrong': ok(ask, said(right), right, { said: [right] }),
  'a function call': ok(ask, modelResponse([toolCall]), [], skips([], /tool call/)),
  'a text and a function call': ok(ask, modelResponse([answered(wrong), toolCall])),
  'a search and a text': ok(ask, modelResponse([search, answered(wrong)]), right, second),
  'thoughts before the text': ok(ask, modelResponse([thoughts, answered(wrong)]), right, second),
  'thoughts alone': ok(ask, modelResponse([thoughts], { status: 'incomplete' }), [], skips([], /reasoning/)),
  'a refusal': ok(ask, modelResponse([refusalMessage]), [], skips([], /refused/)),
  'a refusal in words': ok(ask, said(sorry), sorry, skips([sorry], /refusal/)),
  'no words': ok(ask, modelResponse([]), [], skips([], /empty/)),
  'an answer that is not there yet': ok(
    { ...ask, background: true },
    modelResponse([], { status: 'queued' }),
    [],
    skips([], /background/),
  ),
  'two texts in one message': ok(ask, said('A green car.', ' Three dogs.'), ['A red car.', ' Two dogs.'], {
    said: ['A green car.', ' Three dogs.'],
    reports: ['0 clean', '0 clean'],
  }),
  'two messages': ok(
    ask,
    modelResponse([answered('A green car.'), answered('Three dogs.')]),
    ['A red car.', 'Two dogs.'],
    { said: ['A green car.', 'Three dogs.'], reports: ['0 clean', '1 clean'] },
  ),
  'log-probs': ok(
    { ...ask, include: ['message.output_text.logprobs'] },
    modelResponse([outputMessage([outputText(wrong, { logprobs: probs })])]),
  ),
  'citations of the web': ok(ask, modelResponse([outputMessage([outputText(wrong, { annotations: [link] })])])),
  'a joined text beside its parts': ok(ask, modelResponse([answered(wrong)], { output_text: wrong })),
  'cut off at the limit': ok(
    ask,
    modelResponse([answered('A green car and')], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
    'A red car and',
    { said: ['A green car and'] },
  ),
  'JSON mode': ok({ ...ask, ...format({ type: 'json_object' }) }, said(json), jsonRight, { said: [json] }),
  'a JSON schema that keeps a value from being changed': ok(
    { ...ask, ...format({ type: 'json_schema', schema, strict: true }) },
    said(json),
    json.replace('3', '2'),
    { said: [json], reports: ['0 no-progress'] },
  ),
  'JSON in a fence': ok(ask, said(fenced(json)), fenced(jsonRight), { said: [fenced(json)] }),
  'a list in Markdown': ok(ask, said('- a **green** car\n- three dogs\n'), '- a **red** car\n- two dogs\n', {
    said: ['- a **green** car\n- three dogs\n'],
  }),
  // streams
  'a stream': ok(ask, textResponseStream(wrong)),
  'a stream with nothing wrong': ok(ask, textResponseStream(right), right, { said: [right] }),
  'a stream in coarse chunks': ok(ask, textResponseStream(wrong, { cut: every(30) })),
  'a stream in single characters': ok(ask, textResponseStream(wrong, { cut: every(1) })),
  'a stream corrected at its end': ok(ask, textResponseStream(wrong), right, { mode: 'final' }),
  'a stream that is left alone': ok(ask, textResponseStream(wrong), wrong, { mode: 'off', reports: [] }),
  'a stream with CR LF': ok(
    ask,
    textResponseStream(wrong).map((event) => event.replaceAll('\n', '\r\n')),
  ),
  'a stream with comments': ok(
    ask,
    textResponseStream(wrong).flatMap((event) => [': ping\n\n', event]),
  ),
  'a stream that ends with [DONE]': ok(ask, [...textResponseStream(wrong), 'data: [DONE]\n\n'], right, {
    unassembled: true,
  }),
  'a stream about no picture': ok({ input: 'Hello' }, textResponseStream(wrong), wrong, skips([wrong], /no picture/)),
  'a stream about a picture behind a URL': ok(
    input(user(picture('https://a.example/x.png'))),
    textResponseStream(wrong),
    wrong,
    skips([wrong], /not fetched/),
  ),
  'a stream of a function call': ok(ask, responseStream(callEvents(0), [toolCall]), [], skips([], /tool call/)),
  'a stream of a text and a function call': ok(
    ask,
    responseStream([...messageItem(wrong), ...callEvents(1)], [answered(wrong), toolCall]),
  ),
  'a stream of thoughts and a text': ok(
    ask,
    responseStream([...thoughtEvents(0), ...messageItem(wrong, { at: 1 })], [thoughts, answered(wrong)]),
    right,
    second,
  ),
  'a stream of thoughts alone': ok(
    ask,
    responseStream(thoughtEvents(0), [thoughts], { status: 'incomplete' }),
    [],
    skips([], /reasoning/),
  ),
  'a stream of a search and a text': ok(
    ask,
    responseStream(
      [...itemEvents(search, 0, [{ type: 'response.web_search_call.searching' }]), ...messageItem(wrong, { at: 1 })],
      [search, answered(wrong)],
    ),
    right,
    second,
  ),
  'a stream of two messages': ok(
    ask,
    responseStream(
      [...messageItem('A green car.'), ...messageItem('Three dogs.', { at: 1 })],
      [answered('A green car.'), answered('Three dogs.')],
    ),
    ['A red car.', 'Two dogs.'],
    { said: ['A green car.', 'Three dogs.'], reports: ['0 clean', '1 clean'] },
  ),
  'a stream of a refusal': ok(ask, responseStream(refusalEvents, [refusalMessage]), [], skips([], /refused/)),
  'a stream with no words': ok(ask, responseStream([], []), [], skips([], /empty/)),
  'a stream with log-probs': ok(
    { ...ask, include: ['message.output_text.logprobs'] },
    textResponseStream(wrong, { logprobs: true }),
  ),
  'a stream with citations of the web': ok(ask, textResponseStream(wrong, { annotations: [link] })),
  'a stream that sends its text only when it is done': ok(
    ask,
    textResponseStream(wrong).filter((event) => !event.includes('output_text.delta')),
    right,
    { unassembled: true },
  ),
  'a stream cut off at the limit': ok(
    ask,
    responseStream(messageItem('A green car and'), [answered('A green car and')], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
    'A red car and',
    { said: ['A green car and'] },
  ),
  'a stream of JSON': ok({ ...ask, ...format({ type: 'json_object' }) }, textResponseStream(json), jsonRight, {
    said: [json],
  }),
  'a stream held to a JSON schema': ok(
    { ...ask, ...format({ type: 'json_schema', schema }) },
    textResponseStream(json),
    json.replace('3', '2'),
    { said: [json], reports: ['0 no-progress'] },
  ),
  'a stream of JSON in a fence': ok(ask, textResponseStream(fenced(json)), fenced(jsonRight), { said: [fenced(json)] }),
};

async function setUp(conversation: Conversation) {
  const server = await serve(replyWith(conversation));
  const reports: ResponseReport[] = [];
  const bare = new OpenAI({ apiKey: 'sk-test', baseURL: `${server.origin}/v1`, maxRetries: 0 });
  const mode = conversation.mode ? { stream: conversation.mode } : {};
  return { server, bare, reports, openai: wrapOpenAI(bare, { ...checkedOptions(reports), ...mode }) };
}

const textsOf = ({ output }: OpenAI.Responses.Response) =>
  output.flatMap((item) =>
    item.type === 'message' ? item.content.flatMap((part) => (part.type === 'output_text' ? [part.text] : [])) : [],
  );

describe('conversations over responses', () => {
  it('are 40 or more', () => expect(Object.keys(conversations).length).toBeGreaterThanOrEqual(40));

  it.each(Object.entries(conversations))('%s', async (_name, conversation) => {
    const { server, openai, bare, reports } = await setUp(conversation);
    const body = { model: 'gpt-5.1', ...conversation.call } as OpenAI.Responses.ResponseCreateParamsNonStreaming;
    const { answer, says, said } = conversation;
    await checkRoads(`${server.origin}/v1/responses`, body, conversation);
    const unchanged = JSON.stringify(says) === JSON.stringify(said ?? says);
    if (!Array.isArray(answer)) {
      const response = await openai.responses.create(body);
      expect(textsOf(response)).toEqual(says);
      expect(response.output_text).toBe(says.join(''));
      const { output_text: _, ...rest } = { ...response };
      expect(withoutTexts({ ...rest, output_text: '' })).toEqual(withoutTexts({ ...answer, output_text: '' }));
      checkReports(conversation, reports[0]);
      expect(correctionReports(response)).toEqual(reports[0]?.answers);
      return;
    }
    const sent = answer.join('');
    const raw = await (await openai.responses.create({ ...body, stream: true }).asResponse()).text();
    expect(raw === sent).toBe(unchanged || conversation.mode === 'off');
    expect(eventData(raw).map(withoutTexts).map(withoutDelta)).toEqual(
      eventData(sent).map(withoutTexts).map(withoutDelta),
    );
    checkReports(conversation, reports[0]);
    const deltas = new Map<string, string>();
    let finished: OpenAI.Responses.Response | undefined;
    for await (const event of await openai.responses.create({ ...body, stream: true })) {
      if (event.type === 'response.output_text.delta') {
        const place = `${event.output_index}:${event.content_index}`;
        deltas.set(place, (deltas.get(place) ?? '') + event.delta);
      }
      if (event.type === 'response.output_text.done')
        expect(event.text).toBe(deltas.get(`${event.output_index}:0`) ?? says[0]);
      if (event.type === 'response.completed' || event.type === 'response.incomplete') finished = event.response;
    }
    if (deltas.size > 0) expect([...deltas.values()]).toEqual(says);
    expect(textsOf(finished!)).toEqual(says);
    if (conversation.unassembled) return;
    const helped = await openai.responses.stream({ ...body, stream: true }).finalResponse();
    const plain = await bare.responses.stream({ ...body, stream: true }).finalResponse();
    expect(textsOf(helped)).toEqual(says);
    expect(withoutTexts({ ...helped, output_text: '' })).toEqual(withoutTexts({ ...plain, output_text: '' }));
  });
});

const withoutDelta = (event: unknown) => {
  const { type } = event as { type?: string };
  return type === 'response.output_text.delta' ? { ...(event as object), delta: 'text' } : event;
};

/** What the SDK is sent has to be what the API sends: events are numbered and named. */
it('the streams of the table are in the shape of the API', () => {
  for (const { answer } of Object.values(conversations)) {
    if (!Array.isArray(answer)) continue;
    const events = answer.filter((event) => event.startsWith('event:'));
    const types = events.map((event) => [...event.matchAll(/^event: (.*?)\r?$/gm)][0]?.[1]);
    expect(eventData(events.join('')).map(({ type }) => type)).toEqual(types);
  }
  expect(responseEvents([{ type: 'response.created' }])).toEqual([
    'event: response.created\ndata: {"type":"response.created","sequence_number":0}\n\n',
  ]);
});

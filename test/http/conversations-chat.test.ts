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
import { chatCompletion, chatCompletions } from './wire-bodies.js';
import { chatChunk, chatStream, chatUsage, done, every, sse, words } from './wire-events.js';
import { serve } from './wire-server.js';

const png = await pngDataUrl();
const picture = (url = png, rest: object = {}) => ({ type: 'image_url', image_url: { url, ...rest } });
const text = (words: string) => ({ type: 'text', text: words });
const user = (...content: object[]) => ({ role: 'user', content });
const messages = (...turns: object[]) => ({ messages: turns });
const ask = messages(user(text('What is in the picture?'), picture()));

const wrong = 'There is a green car. I see three dogs.';
const right = 'There is a red car. I see two dogs.';
const clean = ['0 clean'];
const json = '{"object": "car", "size": "small", "colour": "green", "count": 3, "wheels": [4, 4.5], "new": true}';
const jsonRight = '{"object": "car", "size": "small", "colour": "red", "count": 2, "wheels": [4, 4.5], "new": true}';
const schema = {
  type: 'object',
  properties: { object: { type: 'string' }, colour: { enum: ['green', 'blue'] }, count: { type: 'integer' } },
  required: ['colour', 'count'],
};
const tool = { id: 'call_1', type: 'function', function: { name: 'zoom', arguments: '{"where":"green"}' } };
const logprobs = { content: [{ token: 'A', logprob: -0.1, bytes: [65], top_logprobs: [] }], refusal: null };
const said = (content: string, more: object = {}, choice: object = {}) =>
  chatCompletion({ content, ...more }, { ...choice });

const ok = (call: object, answer: object | string[], says = right, more: Partial<Conversation> = {}): Conversation => ({
  call,
  answer,
  says: [says],
  said: [wrong],
  reports: clean,
  ...more,
});
const chunks = (...deltas: object[]) => deltas.map((delta) => sse(chatChunk(delta)));
const stop = (finish_reason = 'stop', index = 0) => sse(chatChunk({}, { finish_reason, index }));
const opens = (index = 0) => sse(chatChunk({ role: 'assistant', content: '' }, { index }));
const toolDeltas = [
  sse(
    chatChunk({
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'zoom', arguments: '' } }],
    }),
  ),
  sse(chatChunk({ tool_calls: [{ index: 0, function: { arguments: '{"where":' } }] })),
  sse(chatChunk({ tool_calls: [{ index: 0, function: { arguments: '"green"}' } }] })),
];
const spoken = { id: 'audio_1', data: 'AAAA', transcript: 'A green car.', expires_at: 1763881200 };

const conversations: Record<string, Conversation> = {
  // the call
  'one picture': ok(ask, said(wrong)),
  'two pictures in one turn': ok(messages(user(text('Compare.'), picture(), picture())), said(wrong)),
  'a picture of an earlier turn': ok(
    messages(user(text('What?'), picture()), { role: 'assistant', content: 'A car.' }, user(text('And the dogs?'))),
    said(wrong),
  ),
  'a system prompt': ok(messages({ role: 'system', content: 'Be brief.' }, ...ask.messages), said(wrong)),
  'a developer prompt in parts': ok(
    messages({ role: 'developer', content: [text('Be brief.')] }, ...ask.messages),
    said(wrong),
  ),
  'a picture that a tool came back with': ok(
    messages(
      { role: 'user', content: 'What is on my screen?' },
      { role: 'assistant', content: null, tool_calls: [tool] },
      { role: 'tool', tool_call_id: 'call_1', content: [picture()] },
    ),
    said(wrong),
  ),
  'a picture with a detail': ok(messages(user(text('What?'), picture(png, { detail: 'high' }))), said(wrong)),
  'a picture beside sound': ok(
    messages(user(text('What?'), picture(), { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } })),
    said(wrong),
  ),
  'no picture': ok({ messages: [{ role: 'user', content: 'Hello' }] }, said(wrong), wrong, {
    reports: [['0 skipped', /no picture/]],
  }),
  'a picture behind a URL': ok(messages(user(text('What?'), picture('https://a.example/x.png'))), said(wrong), wrong, {
    reports: [['0 skipped', /not fetched/]],
  }),
  'one picture here and one behind a URL': ok(
    messages(user(picture(), picture('https://a.example/x.png'))),
    said(wrong),
    wrong,
    { reports: [['0 skipped', /not fetched/]] },
  ),
  // the answer
  'nothing wrong': ok(ask, said(right), right, { said: [right] }),
  'a tool call': ok(ask, chatCompletion({ tool_calls: [tool] }, { finish_reason: 'tool_calls' }), '', {
    said: [''],
    reports: [['0 skipped', /tool call/]],
  }),
  'a text and a tool call': ok(ask, said(wrong, { tool_calls: [tool] }, { finish_reason: 'tool_calls' })),
  'an old function call': ok(ask, chatCompletion({ function_call: { name: 'f', arguments: '{}' } }), '', {
    said: [''],
    reports: [['0 skipped', /tool call/]],
  }),
  'a refusal': ok(ask, chatCompletion({ refusal: 'No green things.' }), '', {
    said: [''],
    reports: [['0 skipped', /refused/]],
  }),
  'a refusal in words': ok(
    ask,
    said("I'm sorry, but I can't help with that."),
    "I'm sorry, but I can't help with that.",
    {
      said: ["I'm sorry, but I can't help with that."],
      reports: [['0 skipped', /refusal/]],
    },
  ),
  'no words': ok(ask, said(''), '', { said: [''], reports: [['0 skipped', /empty/]] }),
  'thoughts before the text': ok(ask, said(wrong, { reasoning_content: 'three green dogs?' })),
  'a spoken answer': ok(ask, chatCompletion({ audio: spoken }), '', { said: [''], reports: [['0 skipped', /audio/]] }),
  'three choices': {
    call: { ...ask, n: 3 },
    answer: chatCompletions([
      { message: { content: wrong } },
      { message: { refusal: 'No.' } },
      { message: { content: 'Three cats.' } },
    ]),
    says: [right, '', 'Two cats.'],
    said: [wrong, '', 'Three cats.'],
    reports: ['0 clean', ['1 skipped', /refused/], '2 clean'],
  },
  'cut off at the limit': ok(ask, said('A green car and', {}, { finish_reason: 'length' }), 'A red car and', {
    said: ['A green car and'],
  }),
  'log-probs': ok({ ...ask, logprobs: true }, said(wrong, {}, { logprobs })),
  'citations of the web': ok(
    ask,
    said(wrong, {
      annotations: [
        { type: 'url_citation', url_citation: { start_index: 17, end_index: 20, url: 'https://a', title: 'a' } },
      ],
    }),
  ),
  'JSON mode': ok({ ...ask, response_format: { type: 'json_object' } }, said(json), jsonRight, { said: [json] }),
  'a JSON schema that keeps a value from being changed': ok(
    { ...ask, response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } } },
    said(json),
    json.replace('3', '2'),
    { said: [json], reports: ['0 no-progress'] },
  ),
  'JSON in a fence': ok(ask, said(`\`\`\`json\n${json}\n\`\`\``), `\`\`\`json\n${jsonRight}\n\`\`\``, {
    said: [`\`\`\`json\n${json}\n\`\`\``],
  }),
  'a list in Markdown': ok(
    ask,
    said('# Cars\n\n- a **green** car\n- three dogs\n'),
    '# Cars\n\n- a **red** car\n- two dogs\n',
    {
      said: ['# Cars\n\n- a **green** car\n- three dogs\n'],
    },
  ),
  'other scripts': ok(ask, said('Un coche verde 😀. 緑 の 車。'), 'Un coche rojo 😀. 赤 の 車。', {
    said: ['Un coche verde 😀. 緑 の 車。'],
  }),
  'an answer in parts, as Mistral gives it': ok(
    ask,
    chatCompletion({ content: [{ type: 'thinking', thinking: [text('green?')] }, text(wrong)] }),
  ),
  'a body of vLLM': ok(ask, {
    ...said(
      wrong,
      { reasoning: null, reasoning_content: null, tool_calls: [], function_call: null },
      { stop_reason: null },
    ),
    prompt_logprobs: null,
    kv_transfer_params: null,
  }),
  'a body of Azure': ok(ask, {
    ...said(wrong, {}, { content_filter_results: { hate: { filtered: false, severity: 'safe' } } }),
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  }),
  // streams
  'a stream': ok(ask, chatStream(wrong)),
  'a stream with its usage': ok(
    { ...ask, stream_options: { include_usage: true } },
    chatStream(wrong, { usage: true }),
  ),
  'a stream with nothing wrong': ok(ask, chatStream(right, { usage: true }), right, { said: [right] }),
  'a stream in coarse chunks': ok(ask, chatStream(wrong, { cut: every(30) })),
  'a stream in single characters': ok(ask, chatStream(wrong, { cut: every(1) })),
  'a stream corrected at its end': ok(ask, chatStream(wrong), right, { mode: 'final' }),
  'a stream that is left alone': ok(ask, chatStream(wrong), wrong, { mode: 'off', reports: [] }),
  'a stream with CR LF': ok(
    ask,
    chatStream(wrong).map((event) => event.replaceAll('\n', '\r\n')),
  ),
  'a stream without [DONE]': ok(ask, chatStream(wrong).slice(0, -1)),
  'a stream with keep-alive comments': ok(ask, [
    ': OPENROUTER PROCESSING\n\n',
    ...chatStream(wrong).flatMap((event) => [event, ': keep-alive\n\n']),
  ]),
  'a stream about no picture': ok({ messages: [{ role: 'user', content: 'Hello' }] }, chatStream(wrong), wrong, {
    reports: [['0 skipped', /no picture/]],
  }),
  'a stream about a picture behind a URL': ok(
    messages(user(picture('https://a.example/x.png'))),
    chatStream(wrong),
    wrong,
    {
      reports: [['0 skipped', /not fetched/]],
    },
  ),
  'a stream of two choices, woven together': {
    call: { ...ask, n: 2 },
    answer: [
      opens(0),
      opens(1),
      ...words(wrong).flatMap((content, index) => [
        sse(chatChunk({ content }, { index: 0 })),
        ...(words('Three cats.')[index]
          ? [sse(chatChunk({ content: words('Three cats.')[index] }, { index: 1 }))]
          : []),
      ]),
      stop('stop', 1),
      stop('stop', 0),
      done,
    ],
    says: [right, 'Two cats.'],
    said: [wrong, 'Three cats.'],
    reports: ['0 clean', '1 clean'],
  },
  'a stream of a tool call': ok(
    ask,
    [...chunks({ role: 'assistant', content: null }), ...toolDeltas, stop('tool_calls'), done],
    '',
    {
      said: [''],
      reports: [['0 skipped', /tool call/]],
    },
  ),
  'a stream of a text and a tool call': ok(ask, [
    ...chunks({ role: 'assistant', content: '' }, ...words(wrong).map((content) => ({ content }))),
    ...toolDeltas,
    stop('tool_calls'),
    done,
  ]),
  'a stream of a refusal': ok(
    ask,
    [...chunks({ role: 'assistant', refusal: '' }, { refusal: 'No green' }, { refusal: ' things.' }), stop(), done],
    '',
    {
      said: [''],
      reports: [['0 skipped', /refused/]],
    },
  ),
  'a stream of thoughts and a text': ok(ask, [
    ...chunks({ role: 'assistant', content: '' }, { reasoning_content: 'three' }, { reasoning_content: ' green?' }),
    ...chatStream(wrong).slice(1),
  ]),
  'a spoken stream': ok(
    ask,
    [
      ...chunks({ role: 'assistant', audio: { id: 'audio_1', transcript: 'A green' } }, { audio: { data: 'AAAA' } }),
      stop(),
      done,
    ],
    '',
    { said: [''], reports: [['0 skipped', /audio/]], unassembled: true },
  ),
  'a stream with log-probs': ok({ ...ask, logprobs: true }, [
    opens(),
    ...words(wrong).map((content) => sse(chatChunk({ content }, { logprobs }))),
    stop(),
    done,
  ]),
  'a stream of JSON': ok({ ...ask, response_format: { type: 'json_object' } }, chatStream(json), jsonRight, {
    said: [json],
  }),
  'a stream of JSON that nobody asked for': ok(ask, chatStream(json), jsonRight, { said: [json] }),
  'a stream of JSON in a fence': ok(
    ask,
    chatStream(`\`\`\`json\n${json}\n\`\`\``),
    `\`\`\`json\n${jsonRight}\n\`\`\``,
    {
      said: [`\`\`\`json\n${json}\n\`\`\``],
    },
  ),
  'a stream held to a JSON schema': ok(
    { ...ask, response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } },
    chatStream(json),
    json.replace('3', '2'),
    { said: [json], reports: ['0 no-progress'], unassembled: true },
  ),
  'a stream cut off at the limit': ok(
    ask,
    [opens(), ...words('A green car and').map((content) => sse(chatChunk({ content }))), stop('length'), done],
    'A red car and',
    { said: ['A green car and'] },
  ),
  'a stream of Azure': ok(ask, [
    sse({ ...chatChunk({}), choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] }),
    opens(),
    ...words(wrong).map((content) =>
      sse(chatChunk({ content }, { content_filter_results: { hate: { filtered: false } } })),
    ),
    stop(),
    done,
  ]),
  'a stream of vLLM, with its usage in every chunk': ok(ask, [
    opens(),
    ...words(wrong).map((content) => sse(chatChunk({ content }, { stop_reason: null }, { usage: chatUsage }))),
    stop(),
    done,
  ]),
  'a stream in parts, as Mistral gives it': ok(
    ask,
    [...words(wrong).map((part) => sse(chatChunk({ content: [text(part)] }))), stop(), done],
    right,
    { unassembled: true },
  ),
  'a stream with an empty text': ok(ask, [...chunks({ role: 'assistant', content: '' }), stop(), done], '', {
    said: [''],
    reports: [['0 skipped', /empty/]],
  }),
};

async function setUp(conversation: Conversation) {
  const server = await serve(replyWith(conversation));
  const reports: ResponseReport[] = [];
  const bare = new OpenAI({ apiKey: 'sk-test', baseURL: `${server.origin}/v1`, maxRetries: 0 });
  const mode = conversation.mode ? { stream: conversation.mode } : {};
  return { server, bare, reports, openai: wrapOpenAI(bare, { ...checkedOptions(reports), ...mode }) };
}

const textOf = (content: unknown) =>
  Array.isArray(content) ? content.map((part) => part.text ?? '').join('') : ((content as string) ?? '');

describe('conversations over chat completions', () => {
  it('are 40 or more', () => expect(Object.keys(conversations).length).toBeGreaterThanOrEqual(40));

  it.each(Object.entries(conversations))('%s', async (_name, conversation) => {
    const { server, openai, bare, reports } = await setUp(conversation);
    const body = { model: 'gpt-5.1', ...conversation.call } as OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
    const { answer, says, said } = conversation;
    await checkRoads(`${server.origin}/v1/chat/completions`, body, conversation);
    const unchanged = JSON.stringify(says) === JSON.stringify(said ?? says);
    if (!Array.isArray(answer)) {
      const completion = await openai.chat.completions.create(body);
      expect(completion.choices.map(({ message }) => textOf(message.content))).toEqual(says);
      expect(withoutTexts({ ...completion })).toEqual(withoutTexts(answer));
      checkReports(conversation, reports[0]);
      expect(correctionReports(completion)).toEqual(reports[0]?.answers);
      return;
    }
    const sent = answer.join('');
    const raw = await (await openai.chat.completions.create({ ...body, stream: true }).asResponse()).text();
    expect(raw === sent).toBe(unchanged || conversation.mode === 'off');
    expect(eventData(raw).map(withoutTexts)).toEqual(eventData(sent).map(withoutTexts));
    checkReports(conversation, reports[0]);
    const texts = says.map(() => '');
    for await (const { choices } of await openai.chat.completions.create({ ...body, stream: true }))
      for (const { index, delta } of choices) texts[index] += textOf(delta.content);
    expect(texts).toEqual(says);
    if (conversation.unassembled) return;
    const helped = await openai.chat.completions.stream({ ...body, stream: true }).finalChatCompletion();
    const plain = await bare.chat.completions.stream({ ...body, stream: true }).finalChatCompletion();
    expect(helped.choices.map(({ message }) => message.content ?? '')).toEqual(says);
    expect(withoutTexts({ ...helped })).toEqual(withoutTexts({ ...plain }));
  });
});

/** A chat completion as api.openai.com sends it. */
export function chatCompletion(message: Record<string, unknown>, choice: Record<string, unknown> = {}) {
  return chatCompletions([{ message, ...choice }]);
}

export function chatCompletions(choices: { message: Record<string, unknown>; [key: string]: unknown }[]) {
  return {
    id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
    object: 'chat.completion',
    created: 1763877600,
    model: 'gpt-5.1-2025-11-13',
    choices: choices.map(({ message, ...rest }, index) => ({
      index,
      message: { role: 'assistant', content: null, refusal: null, annotations: [], ...message },
      logprobs: null,
      finish_reason: 'stop',
      ...rest,
    })),
    usage: {
      prompt_tokens: 1117,
      completion_tokens: 46,
      total_tokens: 1163,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_44709d6fcb',
  };
}

/** A response as `POST /v1/responses` sends it. */
export function modelResponse(output: unknown[], rest: Record<string, unknown> = {}) {
  return {
    id: 'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
    object: 'response',
    created_at: 1763877600,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: 'gpt-5.1-2025-11-13',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: 'none', summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: {
      input_tokens: 328,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 52,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 380,
    },
    user: null,
    metadata: {},
    ...rest,
  };
}

export function outputMessage(content: unknown[]) {
  return {
    id: 'msg_67ccd2bf17f0819081ff3bb2cf6508e60bb6a6b452d3795b',
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content,
  };
}

export function outputText(text: string, rest: Record<string, unknown> = {}) {
  return { type: 'output_text', text, annotations: [], logprobs: [], ...rest };
}

/** A message as `POST /v1/messages` sends it. */
export function anthropicMessage(content: unknown[], rest: Record<string, unknown> = {}) {
  return {
    id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-5-5',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: 1591,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 31,
      service_tier: 'standard',
    },
    ...rest,
  };
}

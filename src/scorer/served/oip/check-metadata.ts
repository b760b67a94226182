import * as z from 'zod';
import { DetectiveError } from '../../../base/errors.js';
import type { Server } from '../remote/server.js';

const tensorSchema = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.number()) });
const modelSchema = z.object({ name: z.string(), inputs: z.array(tensorSchema), outputs: z.array(tensorSchema) });
const serverSchema = z.object({ extensions: z.array(z.string()).nullish() });

/** A tensor as the model must state it. A dimension of null may be any. */
export interface Port {
  name: string;
  datatype: 'FP32' | 'INT64';
  shape: readonly (number | null)[];
}

/** Whether the server takes and gives tensors as raw bytes. */
export async function takesBinary(server: Server, signal?: AbortSignal): Promise<boolean> {
  const parsed = serverSchema.safeParse(await server.callJson('/v2', undefined, signal));
  return parsed.success && (parsed.data.extensions ?? []).includes('binary_tensor_data');
}

/**
 * Checks the metadata of a served model before anything is sent to it.
 *
 * @throws DetectiveError `bad-model` where its tensors are others, `scorer-failed` where the server does not have it or
 * cannot be asked.
 */
export async function checkMetadata(
  server: Server,
  model: string,
  inputs: readonly Port[],
  output: Port,
  signal?: AbortSignal,
): Promise<void> {
  const parsed = modelSchema.safeParse(
    await server.callJson(`/v2/models/${encodeURIComponent(model)}`, undefined, signal),
  );
  if (!parsed.success)
    throw new DetectiveError(
      'scorer-failed',
      `${server.url} did not describe ${model} as the Open Inference Protocol does`,
    );
  const { data } = parsed;
  if (data.name !== model) throw unfit(server, model, `calls itself ${data.name.slice(0, 100)}`);
  if (data.inputs.length !== inputs.length)
    throw unfit(
      server,
      model,
      `takes ${data.inputs
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 200)}`,
    );
  for (const port of inputs) check(port, data.inputs);
  check(output, data.outputs);

  function check(port: Port, among: readonly z.infer<typeof tensorSchema>[]): void {
    const found = among.find(({ name }) => name === port.name);
    if (!found) throw unfit(server, model, `has no ${port.name}`);
    if (found.datatype !== port.datatype)
      throw unfit(server, model, `has ${port.name} as ${found.datatype}, where ${port.datatype} is expected`);
    const fits =
      found.shape.length === port.shape.length &&
      port.shape.every((dim, at) => dim === null || found.shape[at] === -1 || found.shape[at] === dim);
    if (!fits)
      throw unfit(
        server,
        model,
        `has ${port.name} as [${found.shape}], where [${port.shape.map((dim) => dim ?? -1)}] is expected`,
      );
  }
}

function unfit(server: Server, model: string, what: string): DetectiveError {
  return new DetectiveError(
    'bad-model',
    `${model} at ${server.url} ${what}: it is not this TLDR; write its repository with \`vlm-detective models export-triton\``,
  );
}

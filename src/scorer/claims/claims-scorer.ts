import { throwIfAborted } from '../../base/abort.js';
import { DetectiveError, errorMessage } from '../../base/errors.js';
import { isLocalServer, parseModelSpec, providers } from '../../models/address.js';
import { type ChatModelOptions, chatModel } from '../../models/chat-model.js';
import { addCalls, type CallUsage, noUsage } from '../../models/price.js';
import { judgedWords } from '../evidence/rewards.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer.js';
import { viewed } from '../viewed.js';
import { type AskerOptions, claimAsker, type Method } from './ask-claims.js';
import { claimJudgements, doubts } from './claim-rewards.js';
import { type AtomicClaim, atomicClaims } from './cut/atomic-claims.js';
import { modelCut } from './cut/model-cut.js';
import { doubtedSentences, firstQuestions, nextQuestions, withUnasked } from './questions.js';
import type { Opinion } from './verdicts.js';

export interface ClaimsScorerOptions extends Omit<ChatModelOptions, 'failure' | 'purpose'>, AskerOptions {
  /** Shown in reports. Default `claims:` and the model's name. */
  name?: string;
  /** Ask each claim that has one together with its minimal negative, against a bias to yes. Twice the calls. */
  contrast?: boolean;
  /** A model that cuts answers into claims, in place of the rules: for languages other than English. */
  cutter?: Omit<ChatModelOptions, 'failure' | 'purpose'>;
}

type Cut = (text: string, prompt: string | undefined, usage: CallUsage, signal?: AbortSignal) => Promise<AtomicClaim[]>;

interface Opinions {
  opinions: Opinion[];
  /** P(the picture shows it) of sentences as a whole; null where that cannot be told. */
  sentences: Map<string, number | null>;
}

/**
 * Half as many right answers are flagged as at 0.5, and of the wrong ones 97 in 100 are still found (docs/local-models.md);
 * a calibration has its own.
 */
const defaultThreshold = 0.2;

const methods: Readonly<Record<Method, string>> = {
  logprobs: 'P(yes) of each claim by log probabilities',
  verdicts: 'one structured verdict for each claim',
};

/**
 * Any vision-language model as a scorer of single words (VQAScore, arXiv 2404.01291, brought down to tokens): the answer is
 * cut into atomic claims, the model is asked about each by itself, and a word's reward is that of the claims in which it
 * alone makes the difference. With log probabilities each claim is one yes/no question; without them (found out by the
 * first question) one call gives a verdict on every claim. What was asked of a picture is remembered, so that a later
 * round asks only what changed.
 *
 * Words that claim nothing, and claims that the model cannot tell, are not judged (null).
 *
 * @throws DetectiveError `bad-argument` for a missing model or key. `score` throws `bad-argument` (no image), `bad-image`,
 * `aborted`, or `scorer-failed` (the model cannot be reached, or gives no verdicts).
 */
export function claimsScorer(options: ClaimsScorerOptions): Scorer {
  const model = chatModel({ ...options, failure: 'scorer-failed', purpose: 'judge claims' });
  const name = options.name ?? `claims:${model.name}`;
  const asker = claimAsker(model, { ...options, method: options.method ?? knownMethod(options) });
  const cut: Cut = options.cutter
    ? modelCut(chatModel({ ...options.cutter, failure: 'scorer-failed', purpose: 'cut into claims' }))
    : (text, prompt) => atomicClaims(text, prompt);

  /**
   * Opinions on all claims, and on sentences as a whole: by verdicts in one call, else with one question more than there are
   * claims at most. What a likely claim builds on is not asked, and what that saves goes to the sentences in doubt.
   */
  async function judge(
    claims: readonly AtomicClaim[],
    images: ScoreRequest['images'],
    usage = noUsage(),
    signal?: AbortSignal,
  ): Promise<Opinions> {
    const pictures = await model.encode(images);
    if (claims.length === 0) return { opinions: [], sentences: new Map() };
    const ask = (statements: readonly string[]) => asker.ask(pictures, statements, usage, signal);
    const statements = claims.map(({ statement }) => statement);
    if (options.contrast) return { opinions: await askBoth(claims, ask), sentences: new Map() };

    const first = firstQuestions(claims);
    const asked = new Map<number, Opinion>();
    if ((await asker.find(pictures, statements[first[0]!]!, usage, signal)) === 'logprobs') {
      const found = await ask(first.map((at) => statements[at]!));
      first.forEach((at, index) => {
        asked.set(at, found[index]!);
      });
    }
    // it may have turned out only now that it tells no yes or no
    const method = () => asker.method;
    const oneCall = method() === 'verdicts';
    const next = oneCall ? claims.map((_, at) => at) : nextQuestions(claims, asked);
    const told = new Set([...asked.keys(), ...next].map((at) => statements[at]!));
    const most = oneCall ? Number.POSITIVE_INFINITY : new Set(statements).size + 1 - told.size;
    const wholes = doubtedSentences(claims, asked).slice(0, most);
    const found = await ask([...next.map((at) => statements[at]!), ...wholes]);
    if (!oneCall && method() === 'verdicts') return judge(claims, images, usage, signal);
    next.forEach((at, index) => {
      asked.set(at, found[index]!);
    });
    return {
      opinions: withUnasked(claims, asked),
      sentences: new Map(wholes.map((sentence, index) => [sentence, found[next.length + index]!.p])),
    };
  }

  async function askBoth(
    claims: readonly AtomicClaim[],
    ask: (statements: readonly string[]) => Promise<Opinion[]>,
  ): Promise<Opinion[]> {
    const contrasts = claims.flatMap(({ contrast }) => contrast ?? []);
    const opinions = await ask([...claims.map(({ statement }) => statement), ...contrasts]);
    let next = claims.length;
    return claims.map(({ contrast }, index) =>
      contrast === undefined ? opinions[index]! : against(opinions[index]!, opinions[next++]!),
    );
  }

  async function score({ images, prompt, response, signal }: ScoreRequest): Promise<ScoredResponse> {
    if (images.length === 0)
      throw new DetectiveError('bad-argument', 'there is no image to score the response against');
    throwIfAborted(signal, 'scoring');
    if (response.trim() === '') return { response, tokens: [], scorer: name };
    const usage = noUsage();
    const claims = await cut(response, prompt, usage, signal);
    // a picture that is none is told even where nothing is asked about it
    const { opinions, sentences } = await judge(claims, images, usage, signal);
    const evidence = doubts(claims, opinions);
    return {
      response,
      tokens: judgedWords(response, claimJudgements(claims, opinions, sentences)),
      scorer: name,
      ...(evidence.length > 0 ? { evidence } : {}),
      ...(asker.method ? { method: methods[asker.method] } : {}),
      usage,
    };
  }

  return viewed({
    name,
    threshold: defaultThreshold,
    score,
    /** Texts about the same pictures share their questions: what is new in any of them is asked in one go. */
    async scoreBatch(requests) {
      const shared = requests.length > 1 && requests.every(({ images }) => sameImages(images, requests[0]!.images));
      const usage = noUsage();
      if (shared && requests[0]!.images.length > 0 && asker.method === 'verdicts') {
        const cuts = await Promise.all(
          requests.map(({ response, prompt, signal }) => cut(response, prompt, usage, signal)),
        );
        await judge(
          cuts.flat().map((claim) => ({ ...claim, parents: [] })),
          requests[0]!.images,
          usage,
          requests[0]!.signal,
        ).catch(() => []);
      }
      const scored = await Promise.all(requests.map((request) => score(request).catch(toError)));
      const first = scored.find((one): one is ScoredResponse => !(one instanceof Error));
      if (first?.usage) addCalls(first.usage, usage);
      return scored;
    },
  });
}

const sameImages = (a: ScoreRequest['images'], b: ScoreRequest['images']) =>
  a.length === b.length && a.every((image, index) => image === b[index]);

const toError = (error: unknown) => (error instanceof Error ? error : new Error(errorMessage(error)));

const logit = (p: number) => Math.log(p / (1 - p));
const clamp = (p: number) => Math.min(1 - 1e-6, Math.max(1e-6, p));

/** A claim beside its minimal negative: a bias to yes is in the log odds of both, and half their difference is without it. */
function against({ p, reason }: Opinion, negative: Opinion): Opinion {
  if (p === null || negative.p === null) return { p, ...(reason === undefined ? {} : { reason }) };
  const odds = (logit(clamp(p)) - logit(clamp(negative.p))) / 2;
  return { p: 1 / (1 + Math.exp(-odds)), ...(reason === undefined ? {} : { reason }) };
}

/** Who is known to give no log probabilities need not be asked for them. */
function knownMethod({
  provider,
  server,
  baseURL,
}: Pick<ChatModelOptions, 'provider' | 'server' | 'baseURL'>): Method | undefined {
  if (provider === 'anthropic' || server === 'lmstudio') return 'verdicts';
  // Google's own keys: "Logprobs is not supported for the current model"; Vertex AI has them
  if (provider === 'gemini' && (baseURL === undefined || baseURL.includes(new URL(providers.gemini.origin).hostname)))
    return 'verdicts';
  return undefined;
}

/**
 * `claims:PROVIDER:MODEL@URL` or `claims:SERVER/MODEL`, with `?contrast`, `?samples=3` or `?cutter=MODEL` behind it; without
 * a model that of the key that is set, else of the server that answers on this machine.
 *
 * @throws DetectiveError `bad-argument` where there is neither.
 */
export async function claimsFrom(rest: string, asking: Pick<ClaimsScorerOptions, 'imageSide'> = {}): Promise<Scorer> {
  const [, spec = '', query = ''] = /^(.*?)(?:\?((?:contrast|samples|cutter)\b.*))?$/s.exec(rest) ?? [];
  const settings = new URLSearchParams(query);
  const samples = settings.has('samples') ? Number(settings.get('samples')) : undefined;
  if (samples !== undefined && !(Number.isInteger(samples) && samples >= 1 && samples <= 20))
    throw new DetectiveError(
      'bad-argument',
      `samples must be a whole number from 1 to 20, not ${settings.get('samples')}`,
    );
  const cutter = settings.get('cutter');
  const named = spec === '' || isLocalServer(spec) ? await foundModel(spec) : spec;
  return claimsScorer({
    ...parseModelSpec(named, 'model for claims', ''),
    ...asking,
    ...(settings.has('contrast') ? { contrast: true } : {}),
    ...(samples === undefined ? {} : { samples }),
    ...(cutter ? { cutter: parseModelSpec(cutter, 'model that cuts claims', '') } : {}),
  });
}

/** A model that is at hand, of one server or any: what answers on this machine, else what a key is set for. */
async function foundModel(server: string): Promise<string> {
  const { findModel } = await import('../../models/discover.js');
  const found = await findModel(server === '' ? undefined : server);
  if (found !== null) return found;
  throw new DetectiveError(
    'bad-argument',
    server === ''
      ? `claims need a model that sees: start one here (ollama run qwen2.5vl), set ${Object.values(providers)
          .map(({ keys }) => keys[0])
          .join(', ')}, or name one: claims:openai:MODEL@URL`
      : `no model that sees answers at ${server}: start it, or name it with its address: claims:${server}/MODEL@URL (vlm-detective doctor tells what answers)`,
  );
}

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { abortable } from '../../../base/abort.js';
import { DetectiveError } from '../../../base/errors.js';
import type { ImageInput } from '../../../image/image-input.js';
import { loadInline } from '../../../image/load.js';
import { unclaimed } from '../../../text/claims/claims.js';
import type { Evidence, ScoredResponse, ScoreRequest, Scorer } from '../../scorer.js';
import { viewed } from '../../viewed.js';
import { sha256Of } from '../../weights/evidence-download.js';
import { modelFile, type PublishedModel, publishedModel } from '../../weights/evidence-models.js';
import { type Looker, makeLooker } from '../pictures.js';
import { bestOfPictures, judgedWords } from '../rewards.js';
import { boxProbability } from './calibration.js';
import { type Detector, detectorLooker } from './detector.js';
import { judgeNouns, nounMentions } from './judge-nouns.js';
import { judgeObjects } from './judge-objects.js';
import type { Detection } from './yolox.js';

const usualDetector = 'yolox-nano';
/** Larger pictures are made smaller before they are looked at. */
const objectsLongSide = 1280;

export interface ObjectsScorerOptions {
  /** A YOLOX file of any size, without decoding in the graph, a D-FINE for COCO, or an OWLv2 with its tokenizer.json beside it; calibrated for YOLOX-Nano alone. Default: what `vlm-detective models pull yolox-nano` fetched. */
  model?: string;
  /** Any other detector in place of a file; its scores are read as YOLOX-Nano's are. */
  detector?: Detector;
  /**
   * With an OWLv2: looks for an answer's other concrete nouns as well (`lexicon/nouns.ts`), all in one run, and judges them. Never tried on real
   * weights, so not calibrated. Default false.
   */
  nouns?: boolean;
  /** Threads of the detector's file. Default 1. */
  threads?: number;
}

/**
 * A scorer of photographs: are the COCO things that an answer names there, and how many. Words for other things are not
 * judged (null). Rewards are calibrated on COCO photos (`calibration.ts`, docs/photographs.md). The boxes are the evidence.
 *
 * @throws DetectiveError `missing-dependency` where the detector was not fetched, `bad-model` where its file is not the
 * published one. `score` throws `bad-argument` (no image), `bad-image`, `bad-model`, `aborted`, or `scorer-failed`.
 */
export async function objectsScorer(options: ObjectsScorerOptions = {}): Promise<Scorer> {
  if (options.detector) return scorerOf(detectorLooker(options.detector), options.detector.name);
  const model = options.model ?? (await installedDetector(publishedDetector()));
  if (!existsSync(model))
    throw new DetectiveError(
      'bad-argument',
      `the detector ${model} does not exist: give the path of a YOLOX, D-FINE or OWLv2 ONNX file`,
    );
  const name = options.model === undefined ? usualDetector : basename(model, '.onnx').replace(/^yolox_/, 'yolox-');
  return scorerOf(objectsLooker(model, options.threads), name, options.nouns);
}

/** By what stands behind `objects:`: nothing, a file, or `nouns:` and the file of an OWLv2. */
export function objectsFrom(rest: string): Promise<Scorer> {
  if (rest === '') return objectsScorer();
  const nouns = rest.startsWith('nouns:');
  return objectsScorer({ model: nouns ? rest.slice('nouns:'.length) : rest, nouns });
}

/** What looks at pictures for the scorer, with the YOLOX, D-FINE or OWLv2 of a file. */
export function objectsLooker(model: string, threads = 1): Looker<Detection> {
  return makeLooker<Detection>({ kind: 'objects', model, threads }, objectsLongSide, () => 200);
}

/** The scorer over anything that looks at pictures. */
export function scorerOf(looker: Looker<Detection>, detector = usualDetector, nouns = false): Scorer {
  const name = `objects@${detector}`;

  async function lookAtAll(images: readonly ImageInput[], names: readonly string[]): Promise<Detection[][]> {
    return Promise.all((await loadInline(images)).map((image) => looker.look(image, names)));
  }

  return viewed(
    {
      name,
      async score({ images, prompt, response, signal }: ScoreRequest): Promise<ScoredResponse> {
        if (images.length === 0)
          throw new DetectiveError('bad-argument', 'there is no image to score the response against');
        const names = nouns ? nounMentions(response).map(({ name }) => name) : [];
        const pictures = await abortable(() => lookAtAll(images, names), signal, { doing: 'scoring' });
        const judge = (seen: readonly Detection[]) => [
          ...judgeObjects(response, prompt, seen),
          ...(nouns ? judgeNouns(response, seen) : []),
        ];
        const judgements = bestOfPictures(pictures.map(judge));
        return {
          response,
          tokens: judgedWords(response, judgements),
          evidence: pictures.flatMap((seen) => toEvidence(seen, detector)),
          scorer: name,
        };
      },
      close: () => looker.close(),
    },
    unclaimed,
  );
}

/** Boxes that are more likely one of the things than not. */
function toEvidence(seen: readonly Detection[], detector: string): Evidence[] {
  return seen
    .map(
      ({ category, score, box }): Evidence => ({
        kind: 'object',
        label: category,
        confidence: Math.round(boxProbability(score) * 1000) / 1000,
        box,
        attributes: { detector },
      }),
    )
    .filter(({ confidence }) => confidence >= 0.5);
}

const cure = 'fetch it once with `vlm-detective models pull yolox-nano`';

/** The detector that `models pull` fetches. */
export const publishedDetector = (): PublishedModel => publishedModel('yolox-nano');

/** Whether the detector's weights are here; they are checked only when they are used. */
export const isDetectorInstalled = (model = publishedDetector()): boolean => existsSync(modelFile(model));

/**
 * The file of a detector that was fetched, checked.
 *
 * @throws DetectiveError `missing-dependency`, `bad-model` as {@link objectsScorer}.
 */
export async function installedDetector(model: PublishedModel): Promise<string> {
  const file = modelFile(model);
  const found = await sha256Of(file);
  if (found === model.sha256) return file;
  if (found === null)
    throw new DetectiveError('missing-dependency', `the detector of the objects scorer is not here: ${cure}`);
  throw new DetectiveError('bad-model', `${file} is damaged or was changed (its SHA-256 differs): ${cure}`);
}

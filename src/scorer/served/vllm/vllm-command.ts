import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../../base/errors.js';

const calibrationSchema = z.object({ calibration: z.object({ scale: z.number(), bias: z.number() }) });

/**
 * The command that serves a TLDR checkpoint as `vllmScorer` expects it. Where the folder's tldr.json has a calibration, the
 * server applies it: vLLM's activation is sigmoid((logit - mean) / sigma).
 *
 * @throws DetectiveError `bad-model` for a folder without config.json, or whose files cannot be read.
 */
export async function vllmCommand(folder: string): Promise<string> {
  await readJson(join(folder, 'config.json'), true);
  const calibrated = calibrationSchema.safeParse(await readJson(join(folder, 'tldr.json'), false));
  const pooler = {
    task: 'token_classify',
    tok_pooling_type: 'ALL',
    ...(calibrated.success
      ? {
          logit_mean: round(-calibrated.data.calibration.bias / calibrated.data.calibration.scale),
          logit_sigma: round(1 / calibrated.data.calibration.scale),
        }
      : {}),
  };
  return [
    `vllm serve ${quote(folder)} --served-model-name tldr`,
    '--runner pooling --convert classify',
    `--pooler-config '${JSON.stringify(pooler)}'`,
    `--limit-mm-per-prompt '{"image":1}' --max-model-len 4096`,
  ].join(' \\\n  ');
}

const round = (value: number): number => Number(value.toFixed(6));
const quote = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

async function readJson(path: string, needed: boolean): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (!needed && (cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new DetectiveError(
      'bad-model',
      `${path} cannot be read (${errorMessage(cause)}): give the folder that \`python -m tldr_vlm.export_vllm\` wrote`,
      { cause },
    );
  }
}

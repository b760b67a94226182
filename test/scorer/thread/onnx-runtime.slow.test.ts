import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineFolder, type OnnxRuntime, onnxRuntime } from '../../../src/scorer/thread/onnx-runtime.js';

const model = join(import.meta.dirname, '..', '..', '..', 'models', 'tldr-scenes');
const present = existsSync(join(model, 'tldr.json'));
if (!present) console.warn('SKIPPED: the WebAssembly engine, because models/tldr-scenes is not there');

/** The rewards of a made-up caption on a made-up picture, by both halves of the embedded model. */
async function logits({ Tensor, open }: OnnxRuntime): Promise<Float32Array> {
  const [encoder, decoder] = await Promise.all(
    ['image_encoder.onnx', 'reward_decoder.onnx'].map((file) => open(join(model, file), 1)),
  );
  const pixels = Float32Array.from({ length: 3 * 384 * 384 }, (_, at) => Math.sin(at / 50));
  const { image_features } = await encoder!.run({ pixel_values: new Tensor('float32', pixels, [1, 3, 384, 384]) });
  const ids = BigInt64Array.from({ length: 12 }, (_, at) => BigInt(20 + at));
  const output = await decoder!.run({
    input_ids: new Tensor('int64', ids, [1, 12]),
    attention_mask: new Tensor('int64', new BigInt64Array(12).fill(1n), [1, 12]),
    image_features: image_features!,
  });
  await Promise.all([encoder!.release(), decoder!.release()]);
  return output.logits!.data as Float32Array;
}

describe.skipIf(!present)('the WebAssembly engine (skipped where models/tldr-scenes is missing)', () => {
  beforeAll(async () => {
    if (existsSync(engineFolder())) return;
    const { packEngine } = (await import(join(engineFolder(), '..', 'scripts', 'pack-engine.mjs'))) as {
      packEngine: (quality: number) => void;
    };
    packEngine(1);
  });

  it('gives what native code gives', async () => {
    const [native, wasm] = [await onnxRuntime('native'), await onnxRuntime('wasm')];
    expect([native.engine, wasm.engine]).toEqual(['native', 'wasm']);
    const expected = await logits(native);
    (await logits(wasm)).forEach((logit, at) => {
      expect(logit).toBeCloseTo(expected[at]!, 3);
    });
  });
});

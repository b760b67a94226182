import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTritonRepository } from '../../../../src/scorer/served/oip/triton-repository.js';
import { vllmCommand } from '../../../../src/scorer/served/vllm/vllm-command.js';
import { tinyModel } from '../../../fixtures/tiny/tiny-model.js';

const shortHash = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 12);
const folder = () => mkdtemp(join(tmpdir(), 'export-'));

describe('a Triton repository', () => {
  it('has both halves under names that tell their weights', async () => {
    const model = await tinyModel();
    const out = join(await folder(), 'repository');
    const names = await writeTritonRepository(model, out);
    expect((await readdir(out)).sort()).toEqual([...names].sort());
    for (const [index, file] of ['image_encoder.onnx', 'reward_decoder.onnx'].entries()) {
      const bytes = await readFile(join(out, names[index]!, '1', 'model.onnx'));
      expect(bytes.equals(await readFile(join(model, file)))).toBe(true);
      expect(names[index]).toContain(createHash('sha256').update(bytes).digest('hex').slice(0, 12));
      const config = await readFile(join(out, names[index]!, 'config.pbtxt'), 'utf8');
      expect(config).toContain(`name: "${names[index]}"`);
      expect(config.match(/[[{]/g)!.length).toBe(config.match(/[\]}]/g)!.length);
    }
    await expect(writeTritonRepository(model, out)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('a Triton repository of a large model', () => {
  it('has its weights beside the graph, and names that tell them', async () => {
    const model = await tinyModel({ decoderData: true });
    const out = join(await folder(), 'repository');
    const names = await writeTritonRepository(model, out);
    expect(names).not.toContain(`tiny-decoder-${await shortHash(join(model, 'reward_decoder.onnx'))}`);
    const version = join(out, names[1]!, '1');
    expect((await readdir(version)).sort()).toEqual(['model.onnx', 'reward_decoder.onnx.data']);
    const { InferenceSession } = await import('onnxruntime-node');
    const session = await InferenceSession.create(join(version, 'model.onnx'));
    expect(session.outputNames).toEqual(['logits']);
    await session.release();
  });
});

describe('a vLLM command', () => {
  it('has the server apply the calibration of the folder', async () => {
    const checkpoint = await folder();
    await expect(vllmCommand(checkpoint)).rejects.toMatchObject({ code: 'bad-model' });
    await writeFile(join(checkpoint, 'config.json'), '{}');
    expect(await vllmCommand(checkpoint)).not.toContain('logit_mean');
    await writeFile(join(checkpoint, 'tldr.json'), JSON.stringify({ calibration: { scale: 2, bias: 1 } }));
    const command = await vllmCommand(checkpoint);
    expect(command).toContain('"logit_mean":-0.5,"logit_sigma":0.5');
    expect(command).toContain('--runner pooling --convert classify');
  });
});

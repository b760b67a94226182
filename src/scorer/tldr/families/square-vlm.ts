import * as z from 'zod';
import { badModel, type ModelFolder, wrongFields } from '../model-folder.js';
import { chatSchema, chatSequence } from './chat.js';
import type { Family } from './family.js';

const fieldsSchema = z.object({ chat: chatSchema });

/**
 * A SmolVLM or PaliGemma 2 backbone with a reward head, as `python -m tldr_vlm.export_onnx` writes it. Every picture is
 * stretched to the one square of tldr.json, without the tiles that SmolVLM's published processor adds.
 *
 * @param options.prefix Whether what stands before the answer is read in both directions.
 */
export function openSquareVlm({ folder, manifest }: ModelFolder, { prefix = false } = {}): Family {
  const parsed = fieldsSchema.safeParse(manifest);
  if (!parsed.success)
    throw badModel(
      folder,
      'tldr.json',
      `lacks what ${manifest.family} needs, export it again: ${wrongFields(parsed.error)}`,
    );
  const { chat } = parsed.data;
  const [width, height] = manifest.image.size;
  return {
    evidence: () => [],
    abstention: () => null,
    imageSize: () => ({ width, height, fit: 'fill', kernel: 'pillow-bicubic' }),
    sequence(rows, prompt, answer) {
      const all = chatSequence(chat, rows, prompt, answer);
      return prefix ? { ...all, prefix: all.begin } : all;
    },
    defaultPrompt: chat.defaultPrompt,
  };
}

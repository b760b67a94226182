import * as z from 'zod';
import { badModel, type ModelFolder, wrongFields } from '../model-folder.js';
import { chatSchema, chatSequence } from './chat.js';
import type { Family } from './family.js';

const fieldsSchema = z.object({ chat: chatSchema });

/**
 * A SmolVLM backbone with a reward head, as `python -m tldr_vlm.export_onnx` writes it. Every picture is stretched to the
 * one square of tldr.json, without the tiles that the published processor adds.
 */
export function openSmolVlm({ folder, manifest }: ModelFolder): Family {
  const parsed = fieldsSchema.safeParse(manifest);
  if (!parsed.success)
    throw badModel(folder, 'tldr.json', `lacks what smolvlm needs, export it again: ${wrongFields(parsed.error)}`);
  const { chat } = parsed.data;
  const [width, height] = manifest.image.size;
  return {
    evidence: () => [],
    abstention: () => null,
    imageSize: () => ({ width, height, fit: 'fill', kernel: 'cubic' }),
    sequence: (rows, prompt, answer) => chatSequence(chat, rows, prompt, answer),
    defaultPrompt: chat.defaultPrompt,
  };
}

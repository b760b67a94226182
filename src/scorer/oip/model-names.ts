import type { Manifest } from '../tldr/model-folder.js';

export interface OipModelNames {
  encoder: string;
  decoder: string;
}

/**
 * What the two halves of a TLDR are called on an inference server: with the beginning of their files' SHA-256, so that a
 * server with other weights does not have a model of that name.
 */
export function oipModelNames({ name, files }: Manifest): OipModelNames {
  const base = name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80);
  return {
    encoder: `${base}-encoder-${files['image_encoder.onnx'].slice(0, 12)}`,
    decoder: `${base}-decoder-${files['reward_decoder.onnx'].slice(0, 12)}`,
  };
}

import { createHash } from 'node:crypto';
import { filesOfHalf, type Graph, type Manifest } from '../../tldr/model-folder.js';

export interface OipModelNames {
  encoder: string;
  decoder: string;
}

/**
 * What the two halves of a TLDR are called on an inference server: with the beginning of their files' SHA-256, so that a
 * server with other weights does not have a model of that name.
 */
export function oipModelNames(manifest: Manifest): OipModelNames {
  const base = manifest.name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80);
  const mark = (graph: Graph) => {
    const sums = filesOfHalf(manifest, graph).map(([, sha256]) => sha256);
    const one = sums.length === 1 ? sums[0]! : createHash('sha256').update(sums.sort().join()).digest('hex');
    return one.slice(0, 12);
  };
  return {
    encoder: `${base}-encoder-${mark('image_encoder.onnx')}`,
    decoder: `${base}-decoder-${mark('reward_decoder.onnx')}`,
  };
}

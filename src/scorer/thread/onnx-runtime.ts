import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { packageRoot } from '../../base/package-root.js';

/** What runs ONNX models: onnxruntime as native code, or as WebAssembly. */
export interface OnnxRuntime {
  readonly engine: 'native' | 'wasm';
  readonly Tensor: typeof Tensor;
  open(file: string, threads: number): Promise<InferenceSession>;
}

/** Where the WebAssembly build of the package stands; `scripts/pack-engine.mjs` makes it. */
export const engineFolder = (): string => join(packageRoot(), 'engine');

/**
 * Native code where `onnxruntime-node` is installed and can be loaded, else the WebAssembly build that the package carries:
 * several times slower, and it runs wherever Node does. `VLM_DETECTIVE_ENGINE=native` or `wasm` takes no other.
 *
 * @throws Error that names the cure, where there is none.
 */
export async function onnxRuntime(asked = process.env.VLM_DETECTIVE_ENGINE): Promise<OnnxRuntime> {
  if (asked === 'wasm') return wasmRuntime();
  try {
    return nativeRuntime(await import('onnxruntime-node'));
  } catch (cause) {
    if (asked !== 'native' && existsSync(engineFolder())) return wasmRuntime();
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new Error(
      `onnxruntime-node, which runs local models, cannot be loaded (${why}): run \`npm install --ignore-scripts onnxruntime-node\``,
    );
  }
}

function nativeRuntime({ InferenceSession, Tensor }: typeof import('onnxruntime-node')): OnnxRuntime {
  return {
    engine: 'native',
    Tensor,
    open: (file, threads) =>
      InferenceSession.create(file, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        // errors are thrown, and need not be printed as well
        logSeverityLevel: 4,
      }),
  };
}

async function wasmRuntime(): Promise<OnnxRuntime> {
  const folder = engineFolder();
  const [{ InferenceSession, Tensor, env }, packed] = await Promise.all([
    import(pathToFileURL(join(folder, 'ort.mjs')).href) as Promise<typeof import('onnxruntime-web')>,
    readFile(join(folder, 'ort.wasm.br')),
  ]);
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = await promisify(brotliDecompress)(packed);
  env.logLevel = 'fatal';
  return {
    engine: 'wasm',
    Tensor,
    open: async (file) =>
      InferenceSession.create(new Uint8Array(await readFile(file)), {
        executionProviders: ['wasm'],
        // 'all' takes ten times as long to open a model of 8-bit weights, and runs no faster
        graphOptimizationLevel: 'basic',
        logSeverityLevel: 4,
      }),
  };
}

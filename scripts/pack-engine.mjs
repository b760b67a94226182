// Writes engine/: onnxruntime's WebAssembly build, packed, for where no native code is. `npm pack` runs it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
const target = join(root, 'engine');

/** @param quality Of brotli, 0 to 11. */
export function packEngine(quality = 9) {
  const wasm = readFileSync(join(dist, 'ort-wasm-simd-threaded.wasm'));
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: wasm.length };
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'ort.wasm.br'), brotliCompressSync(wasm, { params }));
  const script = readFileSync(join(dist, 'ort.wasm.bundle.min.mjs'), 'utf8');
  // a worker of Deno's has an origin, "null", and no address can be made with that
  const origin = /\blocation\.origin\b/g;
  if (script.match(origin)?.length !== 1) throw new Error('onnxruntime-web asks for its origin in another way now');
  const asked = script.replace(origin, '(location.origin==="null"?void 0:location.origin)');
  writeFileSync(join(target, 'ort.mjs'), asked.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) packEngine(Number(process.argv[2] ?? 9));

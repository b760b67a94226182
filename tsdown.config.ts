import { defineConfig } from 'tsdown';

/** One file out for each file in, so that a user's stack trace names real files. `dist` mirrors the checkout. */
export default defineConfig({
  entry: [
    'src/{index,openai,anthropic,ai-sdk,hono,express,fastify,scorer,server,perturb}.ts',
    'src/scorer/tldr/worker.ts',
    'src/scorer/evidence/worker.ts',
    'scenes/index.ts',
    'eval/index.ts',
    'cli/main.ts',
  ],
  unbundle: true,
  format: 'esm',
  platform: 'node',
  fixedExtension: false,
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
});

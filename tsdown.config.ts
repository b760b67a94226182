import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    openai: 'src/agent/wrap-openai.ts',
    anthropic: 'src/agent/wrap-anthropic.ts',
    'ai-sdk': 'src/agent/ai-sdk/self-correction.ts',
    hono: 'src/hono.ts',
    express: 'src/express.ts',
    fastify: 'src/fastify.ts',
    'scorer/index': 'src/scorer/index.ts',
    'scorer/tldr/worker': 'src/scorer/tldr/worker.ts',
    'scorer/evidence-worker': 'src/scorer/evidence-worker.ts',
    'eval/index': 'eval/index.ts',
    'cli/main': 'src/cli/main.ts',
  },
  format: 'esm',
  platform: 'node',
  fixedExtension: false,
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
});

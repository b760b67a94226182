import { configDefaults, defineConfig } from 'vitest/config';
import { installed } from './test/versions/installed.js';

if (!installed && !process.env.VITEST_WORKER_ID)
  console.warn(
    'SKIPPED: tests on AI SDK 7, openai 7, Portkey’s gateway and published tokenizers: node scripts/setup.mjs --tests installs them',
  );

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(installed ? [] : ['test/versions/**'])],
    setupFiles: ['test/setup.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

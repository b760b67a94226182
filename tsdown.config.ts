import { defineConfig, type UserConfig } from 'tsdown';

const doors = 'index openai anthropic ai-sdk hono express fastify scorer server perturb testing vitest jest'.split(' ');

/**
 * One file out for each file in, so that a user's stack trace names real files; the doors stand at the top of `dist`. What
 * stands in `devDependencies` and is imported goes into `dist` as well, so that a user installs few packages; its licences
 * go with it.
 */
const library: UserConfig = {
  entry: {
    ...Object.fromEntries(doors.map((door) => [door, `src/${door}.ts`])),
    'src/scorer/tldr/worker': 'src/scorer/tldr/worker.ts',
    'src/scorer/evidence/worker': 'src/scorer/evidence/worker.ts',
    'scenes/index': 'scenes/index.ts',
    'eval/index': 'eval/index.ts',
    'cli/main': 'cli/main.ts',
  },
  unbundle: true,
  format: 'esm',
  platform: 'node',
  fixedExtension: false,
  target: 'node20',
  dts: true,
  clean: true,
  onSuccess: 'node scripts/write-licences.mjs',
};

/** The page of the annotation tool: one file for browsers, with all that it uses. */
export const page: UserConfig = {
  entry: { app: 'annotate/page/app.tsx' },
  outDir: 'dist/annotate/page',
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  minify: true,
  deps: { alwaysBundle: [/.*/] },
  dts: false,
  clean: false,
  copy: ['annotate/page/index.html', 'annotate/page/app.css'],
};

export default defineConfig([library, page]);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import whole from './vitest.config.js';

const root = import.meta.dirname;
// lists of projects are added to those of the whole, so these stand in the projects alone
const { include = [], ...shared } = whole.test ?? {};

/** Tests that replace modules, or look at what one keeps from its first use on, have all modules to themselves. */
const alone = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.slow)\.test\.ts$/.test(file))
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => /vi\.mock\(|has its modules to itself/.test(readFileSync(join(root, file), 'utf8')));

const exclude = ['**/node_modules/**', '**/*.slow.test.ts'];

/**
 * What runs at each change: no slow tests, and a tenth of the cases of each property. All but a few tests share their
 * modules, which are then loaded once a worker and not once a file.
 */
export default defineConfig({
  test: {
    ...shared,
    env: { PROPERTY_SHARE: '0.1' },
    // what did not change is compiled once: a sixth of the processor time of each run but the first
    experimental: { fsModuleCache: true },
    projects: [
      { extends: true, test: { name: 'together', isolate: false, include, exclude: [...exclude, ...alone] } },
      { extends: true, test: { name: 'alone', include: alone, exclude } },
    ],
  },
});

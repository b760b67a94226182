/**
 * Fuzzes the engine for a while: streams of all protocols, events in any order, cut anywhere; bytes in are bytes out. Each
 * round has a seed of its own. Ends with 1 at the first round that fails, and names its seed.
 *
 * npx tsx scripts/fuzz-streams.ts [MINUTES] [SEED]
 */
import { spawnSync } from 'node:child_process';

const [minutes = 30, first = Math.floor(Date.now() / 1000)] = process.argv.slice(2).map(Number);
const runs = 500;
const end = Date.now() + minutes * 60_000;
let seed = first;
for (; Date.now() < end; seed++) {
  const { status } = spawnSync('npx', ['vitest', 'run', 'test/http/nothing-is-lost.test.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed) },
  });
  if (status !== 0) {
    console.error(
      `seed ${seed} fails: FUZZ_RUNS=${runs} FUZZ_SEED=${seed} npx vitest run test/http/nothing-is-lost.test.ts`,
    );
    process.exit(1);
  }
}
console.log(`${seed - first} rounds of ${runs} streams in each protocol, seeds ${first} to ${seed - 1}: no byte lost`);

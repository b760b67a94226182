import { describe, expect, it } from 'vitest';
import { type Scenario, seeded, simulate } from '../../bench/simulate.js';

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const exponential = (random: () => number, ms: number) => -Math.log(1 - random()) * ms;
const one = (servers: number, rest: Partial<Scenario>): Scenario => ({
  stations: [{ name: 'scorer', servers }],
  rate: 80,
  calls: 60_000,
  route: (random) => [{ at: 'scorer', ms: exponential(random, 10) }],
  ...rest,
});

/** Erlang's formula: the share of calls that wait. */
function erlangC(servers: number, load: number): number {
  let [term, sum] = [1, 0];
  for (let n = 0; n < servers; n++) {
    sum += term;
    term = (term * load) / (n + 1);
  }
  const waiting = (term * servers) / (servers - load);
  return waiting / (sum + waiting);
}

describe('queues whose waits are known', () => {
  it('one server, work of random length: the wait is load / (1 - load) of a piece of work', () => {
    const { waited, stations } = simulate(one(1, {}));
    expect(Math.abs(mean(waited) / 40 - 1)).toBeLessThan(0.12);
    expect(stations.scorer!.busy).toBeCloseTo(0.8, 1);
  });

  it('one server, work of one length: half of that', () => {
    const { waited } = simulate(one(1, { route: () => [{ at: 'scorer', ms: 10 }] }));
    expect(Math.abs(mean(waited) / 20 - 1)).toBeLessThan(0.12);
  });

  it.each([2, 8])('%i servers: as Erlang has it', (servers) => {
    const { waited } = simulate(one(servers, { rate: servers * 80 }));
    const wait = (erlangC(servers, servers * 0.8) * 10) / (servers * 0.2);
    expect(Math.abs(mean(waited) / wait - 1)).toBeLessThan(0.12);
  });
});

it('time elsewhere is not counted, and holds no server', () => {
  const route = () => [{ at: 'scorer', ms: 1 }, { elsewhere: 60_000 }, { at: 'scorer', ms: 2 }];
  const { spent, stations } = simulate(one(1, { rate: 10, calls: 1000, route }));
  expect(spent[500]).toBeCloseTo(3, 5);
  expect(stations.scorer!.busy).toBeLessThan(0.05);
});

it('work that is taken together takes what it takes together', () => {
  const together = (times: readonly number[]) => 5 + times.length;
  const stations = [{ name: 'scorer', servers: 1, batch: 32, together }];
  const { stations: after } = simulate(one(1, { stations, rate: 500, calls: 50_000 }));
  // alone they would take 6 ms each, which is three times what there is
  expect(after.scorer!.busy).toBeLessThan(1);
  expect(after.scorer!.queue).toBeLessThan(100);
});

it('the same seed, the same figures', () => {
  const run = () => simulate(one(2, { calls: 1000 })).spent;
  expect(run()).toEqual(run());
  expect(seeded(1)()).not.toBe(seeded(2)());
});

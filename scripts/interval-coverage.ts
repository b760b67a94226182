/**
 * How often the 95 % interval of a share holds the rate that its studies were drawn from, and how wide it is: answers in fives
 * about one picture, of some pictures all alike.
 *
 *   npx tsx scripts/interval-coverage.ts [STUDIES]
 */
import { estimateCounts } from '../eval/stats/bootstrap.js';
import { shareEstimate } from '../eval/stats/exact.js';
import { seededRandom } from '../scenes/random.js';

const studies = Number(process.argv[2] ?? 300);
const rates = [0.01, 0.05, 0.2, 0.5, 0.9];
const random = seededRandom(7);
for (const pictures of [3, 5, 10, 30, 100])
  for (const alike of [0, 0.3, 1]) {
    const cells = rates.map((rate) => coverage(pictures, alike, rate));
    process.stdout.write(`${pictures} pictures, ${100 * alike} % of them all alike: ${cells.join(', ')}\n`);
  }

function coverage(pictures: number, alike: number, rate: number): string {
  let [holds, width] = [0, 0];
  for (let study = 0; study < studies; study++) {
    const rows = Array.from({ length: pictures }, (): [number, number] => {
      const own = random() < alike ? Number(random() < rate) : rate;
      return [Array.from({ length: 5 }, () => random()).filter((draw) => draw < own).length, 5];
    });
    const { share } = estimateCounts(rows, ([hits, of]) => ({ share: hits! / of! }), { resamples: 200, seed: study });
    const { low, high } = shareEstimate(share, rows);
    if (low! <= rate && rate <= high!) holds++;
    width += high! - low!;
  }
  return `rate ${rate}: ${((100 * holds) / studies).toFixed(0)} % (${(width / studies).toFixed(2)} wide)`;
}

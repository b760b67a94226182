// Usage: npx tsx scripts/pack-scenes.ts OUT FIRST_SEED COUNT [SIDE] [STYLE,STYLE|varied|common]
import { packScenes } from '../eval/scenes/pack.js';
import type { Style } from '../eval/scenes/scene.js';

const [out, firstSeed, count, side = '192', styles] = process.argv.slice(2);
if (!out || !firstSeed || !count)
  throw new Error('usage: pack-scenes OUT FIRST_SEED COUNT [SIDE] [STYLE,STYLE|varied|common]');
const started = performance.now();
await packScenes({
  out,
  firstSeed: Number(firstSeed),
  count: Number(count),
  side: Number(side),
  ...(styles === 'varied'
    ? { varied: true }
    : styles === 'common'
      ? { nouns: 'common' }
      : styles
        ? { styles: styles.split(',') as Style[] }
        : {}),
  onProgress: (done) => {
    if (done % 1000 === 0) console.log(`${done}/${count} ${((performance.now() - started) / done).toFixed(2)} ms each`);
  },
});

// Usage: npx tsx scripts/pack-scenes.ts OUT FIRST_SEED COUNT [SIDE] [varied,long,common|few,STYLE,...]
import { type NounSet, nounSets } from '../scenes/common-nouns.js';
import { packScenes } from '../scenes/pack.js';
import type { Style } from '../scenes/scene.js';

const [out, firstSeed, count, side = '192', what = ''] = process.argv.slice(2);
if (!out || !firstSeed || !count)
  throw new Error('usage: pack-scenes OUT FIRST_SEED COUNT [SIDE] [varied,long,common|few,STYLE,...]');
const words = what.split(',').filter(Boolean);
const nouns = words.find((word): word is NounSet => word in nounSets);
const styles = words.filter((word) => word !== nouns && word !== 'varied' && word !== 'long') as Style[];
const started = performance.now();
await packScenes({
  out,
  firstSeed: Number(firstSeed),
  count: Number(count),
  side: Number(side),
  varied: words.includes('varied'),
  long: words.includes('long'),
  nouns,
  ...(styles.length > 0 ? { styles } : {}),
  onProgress: (done) => {
    if (done % 1000 === 0) console.log(`${done}/${count} ${((performance.now() - started) / done).toFixed(2)} ms each`);
  },
});

import { drawScene } from '../../scenes/draw.js';
import { pick, seededRandom } from '../../scenes/random.js';
import { sampleScene } from '../../scenes/sample.js';
import type { Style } from '../../scenes/scene.js';
import type { ImageInput } from '../../src/image/image-input.js';
import { groupBy } from '../benchmarks/figures.js';
import { type Dress, dresses } from './dresses.js';
import { type Fact, factsOf, type Statement } from './statements.js';

const families = [...groupBy(dresses, ({ family }) => family).values()];

/** An answer to be corrected, and what it should be then. */
export interface HarmItem {
  id: string;
  image: ImageInput;
  /** Answers about one picture are counted together for the intervals. */
  picture: string;
  prompt?: string;
  response: string;
  /** Right answers, the first of which differs least from the response: itself where that is true. */
  right: readonly [string, ...string[]];
  dress: string;
  /** The kind of dress. */
  family: string;
  error?: string;
}

export interface SceneHarmOptions {
  /** How many scenes are drawn; each is told of in one dress of every family, truly and with one error. */
  count: number;
  /** The first scene's seed. The embedded model was trained on seeds below 5,000,000 only. */
  seed: number;
  styles: readonly Style[];
}

/** Two or three statements about each scene in one dress of every family in turn, true and with one planted error. */
export async function* sceneHarmItems({ count, seed, styles }: SceneHarmOptions): AsyncGenerator<HarmItem> {
  for (let at = seed; at < seed + count; at++) {
    const scene = await sampleScene(at, { styles });
    const random = seededRandom(at);
    const facts = factsOf(scene, random, random() < 0.5 ? 2 : 3);
    if (facts.length === 0) continue;
    const { data, width, height } = await drawScene(scene);
    const { default: sharp } = await import('sharp');
    const image = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    for (const family of families)
      for (const item of dressed(facts, family[at % family.length]!, at))
        yield { ...item, id: `scene-${at}-${item.id}`, image, picture: scene.id };
  }
}

/** How many answers there will be at most, for a progress bar. */
export const sceneHarmSize = (count: number): number => 2 * count * families.length;

/** The facts in a dress, truly, and with an error in one of them where one can be planted. */
export function dressed(facts: readonly Fact[], dress: Dress, seed: number): Omit<HarmItem, 'image' | 'picture'>[] {
  const wear = (said: readonly Statement[]) => {
    const random = seededRandom(seed);
    return dress.wear(said, (items) => pick(random, items));
  };
  const { name, family } = dress;
  const truth = facts.map(({ right }) => right);
  const right = wear(truth);
  const items: Omit<HarmItem, 'image' | 'picture'>[] = [
    { id: `${name}-true`, response: right, right: [right], dress: name, family },
  ];
  const breakable = facts.filter(({ wrong }) => wrong);
  if (breakable.length === 0) return items;
  const broken = pick(seededRandom(seed + 1), breakable);
  const at = facts.indexOf(broken);
  const { error, statement, alsoRight } = broken.wrong!;
  items.push({
    id: `${name}-${error}`,
    response: wear(truth.with(at, statement)),
    right: [right, ...alsoRight.map((other) => wear(truth.with(at, other)))],
    dress: name,
    family,
    error,
  });
  return items;
}

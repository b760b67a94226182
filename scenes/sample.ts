import { type Colour, colours } from '../src/text/lexicon/colours.js';
import { isInSet, type NounSet, pickNoun } from './common-nouns.js';
import { drawableNouns, iconsOf } from './icons.js';
import { layOut } from './layout.js';
import { between, pick, pickWeighted, seededRandom } from './random.js';
import {
  extraStyles,
  finishes,
  type Scene,
  type SceneGroup,
  type SceneSign,
  type Style,
  trainingStyles,
} from './scene.js';
import { sampleSign } from './sign.js';
import { naturalColour } from './sprite.js';

export interface SampleOptions {
  /** Default: the three training styles. A scene has one style, or now and then several. */
  styles?: readonly Style[];
  /** Pixels a side. Default: 128 to 2048, both sides drawn by chance. */
  width?: number;
  height?: number;
  /** For training: now and then icons of more styles, redrawn (`finish`), so that an unseen style is less of a surprise. */
  varied?: boolean;
  /** Only the nouns of this set. */
  nouns?: NounSet | undefined;
}

/** A random scene; the same seed gives the same scene. */
export async function sampleScene(seed: number, options: SampleOptions = {}): Promise<Scene> {
  const random = seededRandom(seed);
  const styles = options.styles ?? trainingStyles;
  const width = options.width ?? Math.round(128 * 16 ** random());
  const height = options.height ?? (random() < 0.5 ? width : clampSide(width * between(random, 0.6, 1.6)));
  const ground = {
    kind: pickWeighted(random, [
      ['plain', 0.5],
      ['graded', 0.25],
      ['patterned', 0.25],
    ] as const),
    colour: random() < 0.25 ? ('white' as const) : pick(random, colours),
  };
  const groupCount = pickWeighted(random, [
    [1, 15],
    [2, 30],
    [3, 25],
    [4, 15],
    [5, 10],
    [6, 5],
  ] as const);
  const { varied = false, nouns } = options;
  const style = varied && random() < 0.35 ? pick(random, extraStyles) : pick(random, styles);
  const mixed = random() < 0.1;
  const finish = varied && random() < 0.5 ? pick(random, finishes) : undefined;
  const groups: SceneGroup[] = [];
  for (let id = 0; id < groupCount; id++) {
    const twin = id > 0 && random() < 0.12 ? pick(random, groups) : undefined;
    const groupStyle = mixed ? pick(random, styles) : style;
    const noun =
      twin && iconsOf(twin.noun, groupStyle).length > 0
        ? twin.noun
        : pickNoun(
            random,
            drawableNouns([groupStyle]).filter(
              (candidate) => groups.every((group) => group.noun !== candidate) && isInSet(nouns, candidate),
            ),
          );
    const icon = pick(random, iconsOf(noun, groupStyle));
    const free = colours.filter((colour) => colour !== ground.colour && colour !== twin?.colour);
    const tint = twin || random() < 0.5 ? pick(random, free) : null;
    const colour: Colour | null = tint ?? (await naturalColour(icon, groupStyle, finish));
    groups.push({
      id,
      noun,
      icon,
      style: groupStyle,
      ...(finish ? { finish } : {}),
      count: 1 + Math.floor(random() * 5),
      tint,
      colour,
      size: null,
      objects: [],
    });
  }
  const board = random() < (varied ? 0.3 : 0.12) ? sampleSign(random, ground, width / height) : undefined;
  const { groups: placed, sign: spot } = layOut(groups, width / height, random, board);
  const sign: SceneSign | null =
    board && spot
      ? {
          id: placed.reduce((sum, group) => sum + group.count, 0),
          text: board.text,
          colour: board.colour,
          box: [spot.x - spot.w / 2, spot.y - spot.h / 2, spot.x + spot.w / 2, spot.y + spot.h / 2],
        }
      : null;
  return { id: `scene-${seed}`, seed, width, height, ground, groups: placed, sign, ...(nouns ? { nouns } : {}) };
}

function clampSide(side: number): number {
  return Math.round(Math.min(2048, Math.max(128, side)));
}

/** Sides of a picture up to three times as wide as high, or as high as wide: many that people have are longer than the 8:5 of drawn ones. */
export function longSides(random: () => number): { width: number; height: number } {
  const root = Math.sqrt(3 ** (2 * random() - 1));
  return { width: Math.round(512 * root), height: Math.round(512 / root) };
}

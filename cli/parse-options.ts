import { InvalidArgumentError, Option } from 'commander';
import { heldOutStyle, type Style, trainingStyles } from '../scenes/scene.js';
import { DetectiveError } from '../src/base/errors.js';
import { scorerForms } from '../src/scorer/create-scorer.js';

/** A number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('it must be a number from 0 to 1.');
  return value;
}

/** An amount of money above 0. */
export function dollars(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('it must be an amount above 0.');
  return value;
}

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < least)
      throw new InvalidArgumentError(`it must be a whole number of ${least} or more.`);
    return value;
  };
}

/** Of TCP; 0 is any free one. */
export function portNumber(text: string): number {
  const port = wholeNumber(0)(text);
  if (port > 65_535) throw new InvalidArgumentError('it must be a port from 0 to 65535.');
  return port;
}

/** The sides of a picture in pixels: given, or drawn by chance from a range. */
export type PictureSize = { width: number; height: number } | { least: number; most: number };

const leastSide = 128;
const mostSide = 2048;

/** `640x480` or `256..512`. */
export function pictureSize(text: string): PictureSize {
  const [, first, separator, second] = /^(\d+)(x|\.\.)(\d+)$/.exec(text.trim()) ?? [];
  const sides = [Number(first), Number(second)] as const;
  if (!sides.every((side) => side >= leastSide && side <= mostSide) || (separator === '..' && sides[0] > sides[1])) {
    throw new InvalidArgumentError(
      `it must be like 640x480 or 256..512, each side from ${leastSide} to ${mostSide} pixels.`,
    );
  }
  return separator === 'x' ? { width: sides[0], height: sides[1] } : { least: sides[0], most: sides[1] };
}

/** @throws DetectiveError `bad-argument` for a style that does not exist. */
export function parseStyles(names: string | undefined): Style[] | undefined {
  if (names === undefined) return undefined;
  const known: readonly string[] = [...trainingStyles, heldOutStyle];
  const styles = names.split(',').map((name) => name.trim());
  const unknown = styles.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new DetectiveError('bad-argument', `unknown style "${unknown}": use ${known.join(', ')}`);
  return styles as Style[];
}

/** Of scenes that are drawn. */
export const nounSet = () =>
  new Option('--nouns <set>', 'common: the core only; few: sixteen (default: all)').choices(['common', 'few']);

/** Of every command that takes answers as they come. */
export const scorerName = () => new Option('--scorer <name>', scorerForms).default('auto');

/** Of every command that flags words. */
export const threshold = () =>
  new Option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)").argParser(
    share,
  );
/** Of every command that judges words: what was measured of the scorer, and how large a model sees the pictures. */
export const calibration = () =>
  new Option('--calibration <file>', 'rewards and threshold as `vlm-detective calibrate` fitted them for this scorer');
export const maxHarm = () =>
  new Option(
    '--max-harm <share>',
    'the share of right answers that may be flagged, and so changed, above 0 and below 1: chooses the threshold, with 95 % confidence (--scorer tldr, or any with a --calibration)',
  )
    .argParser(share)
    .conflicts('threshold');
export const imageSide = () =>
  new Option(
    '--image-side <pixels>',
    'that no side of a picture exceeds when it is sent to a model; small print may need more (default: 1024)',
  ).argParser(wholeNumber(64));
/** Of every command that runs the loop. */
export const maxRounds = () => new Option('--max-rounds <n>', 'rounds at most').argParser(wholeNumber(0)).default(3);
export const minJudged = () =>
  new Option(
    '--min-judged <share>',
    'of the content words, 0 to 1, that must have been judged for an answer to be called clean (default: one word)',
  ).argParser(share);
export const onUnresolved = () =>
  new Option('--on-unresolved <what>', 'what to do with words that stay flagged')
    .choices(['keep', 'delete', 'hedge', 'throw'])
    .default('keep');

/** Of the evaluations of what was recorded. */
export const resamples = () =>
  new Option('--resamples <n>', 'bootstrap resamples; 0 for no intervals').argParser(wholeNumber(0)).default(1000);
export const bootstrapSeed = () =>
  new Option('--seed <n>', 'the seed of the bootstrap').argParser(wholeNumber(0)).default(1);

/** How the evaluations print, where not as text. */
export const asJson = () => new Option('--json', 'one JSON object');

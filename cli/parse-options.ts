import { InvalidArgumentError, Option } from 'commander';
import { heldOutStyle, type Style, trainingStyles } from '../scenes/scene.js';
import { DetectiveError } from '../src/base/errors.js';

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

/** How the evaluations print, where not as text. */
export const asJson = () => new Option('--json', 'one JSON object');
export const asMarkdown = () => new Option('--markdown', 'tables in Markdown').conflicts('json');

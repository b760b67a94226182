import type { Printed, Random } from './facts.js';
import { receipt } from './receipt.js';
import { screen } from './screen.js';
import { sign } from './sign.js';

export function samplePrinted(random: Random, kind: Printed['kind']): Printed {
  return kind === 'sign' ? sign(random) : kind === 'receipt' ? receipt(random) : screen(random);
}

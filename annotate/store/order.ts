import { createHash } from 'node:crypto';
import type { ItemState, State } from './state.js';

export const orders = ['lowest', 'uncertain', 'random', 'file'] as const;
/**
 * Which items come first. `lowest`: those with the lowest reward, to find errors. `uncertain`: those whose lowest reward
 * is next to the threshold, to learn most. `random`: the only order from which a rate may be estimated. `file`: as given.
 */
export type Order = (typeof orders)[number];

/** A number from 0 to 1 that depends on the texts alone. */
export function hashed(...texts: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(texts)).digest().readUInt32LE() / 2 ** 32;
}

/** All items in an order; what nobody scored comes after what was. Ties stand as in the file. */
export function inOrder(state: State, order: Order, seed: number): ItemState[] {
  const items = [...state.items.values()];
  if (order === 'file') return items;
  const key = (item: ItemState): number =>
    order === 'random' ? hashed('order', seed, item.id) : ((order === 'lowest' ? item.lowest : item.doubt) ?? 2);
  const keyed = items.map((item) => [key(item), item] as const);
  return keyed.sort(([a, one], [b, other]) => a - b || one.place - other.place).map(([, item]) => item);
}

import type { Plan } from '../plan.js';
import type { Shown } from '../store/events.js';
import { hashed } from '../store/order.js';
import type { ItemState, State } from '../store/state.js';

/** How a study hands out answers. It is written into the store and never changes. */
export interface StudyDesign {
  seed: number;
  arms: Shown[];
  /** Answers that everyone does first, to learn the tool; they are in no figure. */
  practice: number;
  /** Answers at the beginning of each block that are in no figure: the arm is new there. */
  washout: number;
}

/**
 * The orders of a balanced Latin square (Williams, 1949): every arm stands once at each place, and follows each other arm
 * equally often. For an odd number of arms each order comes also mirrored.
 */
export function balancedOrders(count: number): number[][] {
  const first = Array.from({ length: count }, (_, at) => (at % 2 ? (at + 1) / 2 : (count - at / 2) % count));
  const rows = Array.from({ length: count }, (_, shift) => first.map((arm) => (arm + shift) % count));
  return count % 2 ? [...rows, ...rows.map((row) => [...row].reverse())] : rows;
}

/** Where an answer stands for a person. */
export interface Assignment {
  item: string;
  arm: Shown;
  /** 0 for practice, then the blocks from 1. */
  block: number;
  /** From 0 within the block. */
  place: number;
}

/**
 * All that a person does, in order: practice, then a block for each arm. The answers fall into as many sets as there are
 * arms, by the seed; from person to person sets and orders move on, so that every answer is seen in every arm, at every
 * place, by equally many people.
 *
 * @param person When they came, from 0.
 */
export function assignmentsOf(
  { seed, arms, practice, washout: _ }: StudyDesign,
  items: readonly string[],
  person: number,
): Assignment[] {
  const shuffled = [...items].sort((a, b) => hashed('study', seed, a) - hashed('study', seed, b) || (a < b ? -1 : 1));
  const first = shuffled.slice(0, practice);
  const rest = shuffled.slice(practice);
  const orders = balancedOrders(arms.length);
  const order = orders[person % orders.length]!;
  const turn = person + Math.floor(person / orders.length);
  const assignments: Assignment[] = first.map((item, place) => ({
    item,
    arm: arms[place % arms.length]!,
    block: 0,
    place,
  }));
  for (const [at, arm] of order.entries()) {
    const set = (arm + turn) % arms.length;
    const own = rest.filter((_, number) => number % arms.length === set);
    for (const [place, item] of own.entries()) assignments.push({ item, arm: arms[arm]!, block: at + 1, place });
  }
  return assignments;
}

/** A plan that follows a design. */
export function studyPlan(state: State, design: StudyDesign): Plan {
  const known = new Map<string, Assignment[]>();
  const items = [...state.items.keys()];
  const of = (annotator: string) => {
    const person = state.people.get(annotator) ?? state.people.size;
    const name = `${person}`;
    const own = known.get(name) ?? assignmentsOf(design, items, person);
    known.set(name, own);
    return own;
  };
  return {
    next(annotator, count) {
      const found: ItemState[] = [];
      for (const { item } of of(annotator)) {
        const state_ = state.items.get(item)!;
        if ((state_.people.get(annotator)?.status ?? 'open') === 'open') found.push(state_);
        if (found.length === count) break;
      }
      return found;
    },
    shown: (annotator, { id }) => of(annotator).find(({ item }) => item === id)?.arm ?? 'none',
    total: (annotator) => of(annotator).length,
  };
}

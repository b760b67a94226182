import type { StoreEvent } from './events.js';

/**
 * Where events are kept, in order, for good. An event's number is its place from 0. One process has it open at a time; see
 * the test of the contract, which holds for every kind.
 */
export interface EventLog {
  /** How many there are. */
  readonly length: number;
  /**
   * Resolves when the events would outlive a power cut: all of them or, where it rejects, none.
   *
   * @throws DetectiveError `store-failed` where they could not be written; the log is as it was before.
   */
  append(events: readonly StoreEvent[]): Promise<void>;
  /** @throws RangeError where there is none of this number. */
  get(number: number): Promise<StoreEvent>;
  /** All that were there when the reading began, in order. */
  read(): AsyncIterable<StoreEvent>;
  close(): Promise<void>;
}

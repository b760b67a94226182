import pLimit from 'p-limit';
import { mapInOrder } from '../../src/base/in-order.js';
import type { Ledger, LedgerRecord } from './ledger.js';

export interface RunItemsOptions<Item, Record extends LedgerRecord> {
  /** The items that are not done yet, in their fixed order. */
  items: AsyncIterable<Item>;
  /** A rejection ends the run. */
  work(item: Item): Promise<Record>;
  ledger: Ledger;
  concurrency: number;
  signal: AbortSignal;
  /** Called in order with each new record. A reason that comes back stops the run there: a budget is used up. */
  onRecord(record: Record): string | undefined;
  /** What went wrong that may go right at another time, as where a server cannot be reached; undefined where nothing did. */
  failureOf?(record: Record): string | undefined;
}

/** So many failures in a row stop the run: they are not recorded, so that they are tried again when it goes on. */
const mostFailures = 10;

/** Why a run ended before its last item. Items in hand were finished and recorded when a budget stopped it. */
export type RunEnd = { status: 'done' } | { status: 'stopped'; reason: string } | { status: 'aborted' };

/**
 * Works through items, several at once, and adds each record to the ledger in the items' order as soon as it and all
 * before it are there, so that a run that ends at any moment goes on where it stopped. Holds no more than twice
 * `concurrency` items.
 */
export async function runItems<Item, Record extends LedgerRecord>(
  options: RunItemsOptions<Item, Record>,
): Promise<RunEnd> {
  const { items, work, ledger, concurrency, signal, onRecord, failureOf = () => undefined } = options;
  const limit = pLimit(concurrency);
  let reason: string | undefined;
  const failures: Record[] = [];
  const keep = async (records: Record[]) => {
    for (const record of records.splice(0)) {
      await ledger.add(record);
      reason = onRecord(record) ?? reason;
    }
  };
  const begin = async (item: Item): Promise<{ record: Record } | { error: unknown }> => {
    try {
      return { record: await limit(() => work(item)) };
    } catch (error) {
      return { error };
    }
  };
  for await (const outcome of mapInOrder(untilStopped(), concurrency * 2, begin)) {
    if ('error' in outcome) {
      if (signal.aborted) return { status: 'aborted' };
      throw outcome.error;
    }
    failures.push(outcome.record);
    const failure = failureOf(outcome.record);
    if (failure === undefined) await keep(failures);
    else if (failures.length >= mostFailures)
      return {
        status: 'stopped',
        reason: `${failures.length} failed in a row, the last with "${failure}": mend that and go on with --resume`,
      };
  }
  if (!signal.aborted) await keep(failures);
  if (signal.aborted) return { status: 'aborted' };
  return reason === undefined ? { status: 'done' } : { status: 'stopped', reason };

  async function* untilStopped(): AsyncGenerator<Item> {
    for await (const item of items) {
      if (signal.aborted || reason !== undefined) return;
      yield item;
    }
  }
}

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { takeLock } from '../../src/base/file-lock.js';
import type { AnnotationItem, Finding } from '../item.js';
import { emptyWork, problemOf, type Work } from '../work.js';
import type { EventLog } from './event-log.js';
import type { Activity, EventBody, SaveEvent, StoreEvent } from './events.js';
import { openJsonLinesLog } from './json-lines-log.js';
import { emptyState, fold, type ItemState, type Share, type State } from './state.js';

export const stores = ['jsonl', 'libsql'] as const;
export type StoreKind = (typeof stores)[number];

export interface SaveRequest {
  item: string;
  annotator: string;
  /** The version that the person saw; 0 for none. */
  base: number;
  /** Keys of changes upon `base` that this one builds on, should they have come through. */
  after: readonly string[];
  key: string;
  work: Work;
  shown: SaveEvent['shown'];
  role: SaveEvent['role'];
}

export type Saved =
  | { saved: true; version: number; at: number }
  /** Another tab, or the same person elsewhere, saved meanwhile: nothing was written. */
  | { saved: false; version: number; work: Work };

/** An annotation store that is open. All that is written is written in order, and known only once it is on the disk. */
export interface Store {
  /** As it is now; for reading. */
  readonly state: State;
  /**
   * Does something with the state that nothing else can come between, and writes the events that it gives.
   *
   * @throws DetectiveError `store-failed` where they cannot be written; the state is as before.
   */
  transact<T>(
    decide: (
      state: State,
    ) => { events: readonly EventBody[]; result: T } | Promise<{ events: readonly EventBody[]; result: T }>,
  ): Promise<T>;
  /**
   * Adds the items that are not there yet, by their ids, and says how many those were.
   *
   * @throws DetectiveError `bad-input` for an id that has another answer; then none is added.
   */
  add(items: readonly AnnotationItem[]): Promise<number>;
  /**
   * Saves a person's work about an item.
   *
   * @throws DetectiveError `bad-input` for an item that is not there, and for work that does not fit its answer.
   */
  save(request: SaveRequest): Promise<Saved>;
  item(id: string): Promise<AnnotationItem | undefined>;
  /** What a person said last; empty where nothing was saved. */
  work(share: Share | undefined): Promise<Work>;
  /** The work of a version, from 1. */
  version(share: Share, version: number): Promise<Work>;
  activity(share: Share): Promise<Activity[]>;
  /** When a version was written. */
  savedAt(share: Share): Promise<number>;
  close(): Promise<void>;
}

const files: Readonly<Record<StoreKind, string>> = { jsonl: 'events.jsonl', libsql: 'events.db' };

/**
 * Opens the store in a folder, and makes it where there is none.
 *
 * @param kind Of a new store. Default: `jsonl`.
 * @throws DetectiveError `bad-input` where another process has it open or its log is none, `bad-argument` where the folder
 * cannot be made or holds the other kind, `missing-dependency` for libsql where that is not installed.
 */
export async function openStore(folder: string, kind?: StoreKind): Promise<Store> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new DetectiveError('bad-argument', `${folder} cannot be made (${errorMessage(cause)}): check --store`, {
      cause,
    });
  }
  const unlock = await takeLock(
    join(folder, 'lock'),
    (holder, lock) =>
      `${holder} has the store ${folder} open: stop it first (or remove ${lock} if that is something else)`,
  );
  try {
    const known = kindOf(folder);
    if (known && kind && known !== kind)
      throw new DetectiveError(
        'bad-argument',
        `${folder} holds a ${known} store: leave --database ${kind} out, or give --store another folder`,
      );
    const store = await load(folder, known ?? kind ?? 'jsonl', false, unlock);
    // pages of one address must not take the changes of another store for theirs
    if (store.state.settings.id === undefined)
      await store.transact(() => ({
        events: [{ kind: 'settings', settings: { id: randomUUID() } }],
        result: undefined,
      }));
    return store;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * Reads a store as it is now, also while another process has it open.
 *
 * @throws DetectiveError `bad-input` for a folder that holds none.
 */
export async function readStore(folder: string): Promise<Store> {
  const kind = kindOf(folder);
  if (!kind)
    throw new DetectiveError(
      'bad-input',
      `${folder} holds no annotation store: give --store the folder that annotate wrote`,
    );
  return load(folder, kind, true, async () => {});
}

const kindOf = (folder: string): StoreKind | undefined => stores.find((kind) => existsSync(join(folder, files[kind])));

async function load(folder: string, kind: StoreKind, readOnly: boolean, unlock: () => Promise<void>): Promise<Store> {
  const path = join(folder, files[kind]);
  const log =
    kind === 'jsonl'
      ? await openJsonLinesLog(path, readOnly)
      : await (await import('./libsql-log.js')).openLibsqlLog(path);
  const state = emptyState();
  let number = 0;
  try {
    for await (const event of log.read()) fold(state, event, number++);
  } catch (error) {
    await log.close();
    throw error;
  }
  return storeOf(log, state, unlock);
}

function storeOf(log: EventLog, state: State, unlock: () => Promise<void>): Store {
  let last: Promise<unknown> = Promise.resolve();

  const transact: Store['transact'] = (decide) => {
    const turn = last.then(async () => {
      const { events, result } = await decide(state);
      if (events.length === 0) return result;
      const at = Date.now();
      const first = log.length;
      const written = events.map((event): StoreEvent => ({ at, ...event }));
      await log.append(written);
      for (const [place, event] of written.entries()) fold(state, event, first + place);
      return result;
    });
    last = turn.catch(() => {});
    return turn;
  };

  async function eventOf<K extends StoreEvent['kind']>(number: number, ...kinds: K[]) {
    const event = await log.get(number);
    if (!(kinds as string[]).includes(event.kind)) throw new RangeError(`event ${number} is no ${kinds.join(' or ')}`);
    return event as Extract<StoreEvent, { kind: K }>;
  }

  async function read({ event, finding }: ItemState): Promise<AnnotationItem> {
    const { item } = await eventOf(event, 'item');
    if (finding === undefined || finding === event) return item;
    return { ...item, finding: (await eventOf(finding, 'finding')).finding as Finding };
  }

  const savedWork = async (number: number) => (await eventOf(number, 'save')).work as Work;
  const workOf = async (share: Share | undefined) => (share?.saves.length ? savedWork(share.saves.at(-1)!) : emptyWork);

  return {
    state,
    transact,
    add: (items) =>
      transact(async ({ items: known }) => {
        const fresh = new Map<string, AnnotationItem>();
        for (const item of items) {
          const { id, response } = item;
          const state = known.get(id);
          const other = fresh.get(id) ?? (state && (await read(state)));
          if (other && other.response !== response)
            throw new DetectiveError(
              'bad-input',
              `there are two answers with the id ${JSON.stringify(id.slice(0, 100))}: give each its own, or --store another folder`,
            );
          if (!other) fresh.set(id, item);
        }
        return { events: [...fresh.values()].map((item) => ({ kind: 'item', item })), result: fresh.size };
      }),
    save: ({ item: id, annotator, base, after, key, work, shown, role }) =>
      transact<Saved>(async ({ items }) => {
        const item = items.get(id);
        if (!item)
          throw new DetectiveError('bad-input', `there is no item ${JSON.stringify(id.slice(0, 100))} in this store`);
        const share = item.people.get(annotator);
        const version = share?.version ?? 0;
        if (share?.lastKey === key) return { events: [], result: { saved: true, version, at: Date.now() } };
        if (base !== version && !after.includes(share?.lastKey ?? ''))
          return { events: [], result: { saved: false, version, work: await workOf(share) } };
        const problem = problemOf((await read(item)).response, work);
        if (problem)
          throw new DetectiveError('bad-input', `the work about item ${JSON.stringify(id)} does not fit: ${problem}`);
        const event: EventBody = { kind: 'save', item: id, annotator, version: version + 1, key, work, shown, role };
        return { events: [event], result: { saved: true, version: version + 1, at: Date.now() } };
      }),
    async item(id) {
      const item = state.items.get(id);
      return item && read(item);
    },
    work: workOf,
    async version(share, version) {
      const number = share.saves[version - 1];
      if (number === undefined) throw new RangeError(`there is no version ${version}`);
      return savedWork(number);
    },
    async activity(share) {
      const parts: Activity[] = [];
      for (const number of share.activity) parts.push(...(await eventOf(number, 'activity')).events);
      return parts.sort(([a], [b]) => a - b);
    },
    savedAt: async (share) => (share.saves.length ? (await log.get(share.saves.at(-1)!)).at : 0),
    async close() {
      await last;
      await log.close();
      await unlock();
    },
  };
}

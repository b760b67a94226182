import type { ConflictReply, SaveBody, SaveReply } from '../server/api.js';
import type { Work } from '../work.js';

/** A change that the server has not confirmed. */
interface Unsent extends SaveBody {
  item: string;
  tab: string;
  /** When a tab tried last; milliseconds since 1970. */
  tried: number;
}

export type SaveState =
  | { kind: 'idle' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: number }
  | { kind: 'waiting'; count: number; why: string };

export interface Conflict {
  item: string;
  mine: Work;
  theirs: Work;
  version: number;
}

export interface SaverOptions {
  annotator: string;
  role: SaveBody['role'];
  /** Where unsent changes outlive the page. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
  /** Of the store and the person. */
  prefix: string;
  tab: string;
  put(item: string, body: SaveBody): Promise<{ status: number; body: unknown }>;
  onState(state: SaveState): void;
  onConflict(conflict: Conflict): void;
  /** A change that the server will never take. It stays in the browser's storage. */
  onRejected(item: string, why: string): void;
  now?: () => number;
  wait?: (ms: number) => Promise<void>;
  newKey?: () => string;
}

export interface Saver {
  /** Saves a work as soon as the one before it about the same item is through. */
  save(item: string, work: Work): void;
  /** What the server is known to have. */
  setVersion(item: string, version: number): void;
  /** Tries again at once. */
  retry(): void;
  /** Sends what earlier pages left behind. */
  adopt(): void;
  readonly unsent: number;
}

const firstWaitMs = 500;
const longestWaitMs = 10_000;
/** A tab that is alive tries again within this time. */
const abandonedMs = 60_000;

/**
 * Sends every change, in order for each item, until the server has it: nothing that was changed is dropped because a
 * network or a server is away. Of changes that wait about one item only the last is sent.
 */
export function createSaver(options: SaverOptions): Saver {
  const { annotator, role, storage, prefix, tab, put, onState } = options;
  const now = options.now ?? Date.now;
  const newKey = options.newKey ?? (() => crypto.randomUUID());
  const versions = new Map<string, number>();
  const waiting = new Map<string, Unsent>();
  const inFlight = new Set<string>();
  let wake = () => {};
  const wait =
    options.wait ??
    ((ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }));
  let lastSaved = 0;
  let trouble: string | undefined;

  function show(): void {
    if (waiting.size > 0 && trouble !== undefined) onState({ kind: 'waiting', count: waiting.size, why: trouble });
    else if (waiting.size > 0) onState({ kind: 'saving' });
    else onState(lastSaved ? { kind: 'saved', at: lastSaved } : { kind: 'idle' });
  }

  const nameOf = (item: string) => `${prefix}${role}/${item}`;
  function keep(unsent: Unsent): void {
    waiting.set(unsent.item, unsent);
    try {
      storage.setItem(nameOf(unsent.item), JSON.stringify(unsent));
    } catch {
      // a full storage: the change is still in this page
    }
  }
  function forget({ item, key }: Unsent): void {
    if (waiting.get(item)?.key === key) {
      waiting.delete(item);
      storage.removeItem(nameOf(item));
    }
  }

  async function send(item: string): Promise<void> {
    if (inFlight.has(item)) return;
    inFlight.add(item);
    let pause = firstWaitMs;
    try {
      for (let unsent = waiting.get(item); unsent; unsent = waiting.get(item)) {
        const { tab: _tab, tried: _tried, item: _item, ...body } = unsent;
        const reply = await put(item, body).catch(() => undefined);
        if (reply?.status === 200) {
          const { version } = reply.body as SaveReply;
          trouble = undefined;
          lastSaved = now();
          versions.set(item, version);
          forget(unsent);
          const later = waiting.get(item);
          if (later) keep({ ...later, base: version, after: [] });
          pause = firstWaitMs;
        } else if (reply?.status === 409) {
          const { version, work } = reply.body as ConflictReply;
          trouble = undefined;
          versions.set(item, version);
          const mine = waiting.get(item)!;
          forget(mine);
          options.onConflict({ item, mine: mine.work, theirs: work, version });
        } else if (reply && reply.status >= 400 && reply.status < 500 && ![401, 403, 408, 429].includes(reply.status)) {
          waiting.delete(item);
          options.onRejected(item, errorOf(reply.body));
        } else {
          trouble = reply ? errorOf(reply.body) : 'the server cannot be reached';
          keep({ ...waiting.get(item)!, tried: now() });
          show();
          await wait(pause);
          pause = Math.min(pause * 2, longestWaitMs);
        }
        show();
      }
    } finally {
      inFlight.delete(item);
    }
  }

  return {
    save(item, work) {
      const earlier = waiting.get(item);
      const base = earlier?.base ?? versions.get(item) ?? 0;
      // whether the server has the earlier one is not known until it answers
      const after = earlier ? [...earlier.after, earlier.key].slice(-50) : [];
      keep({ item, annotator, role, base, after, key: newKey(), work, tab, tried: now() });
      show();
      void send(item);
    },
    setVersion(item, version) {
      if (!waiting.has(item)) versions.set(item, Math.max(version, versions.get(item) ?? 0));
    },
    retry: () => wake(),
    adopt() {
      for (let at = 0; at < storage.length; at++) {
        const name = storage.key(at)!;
        if (!name.startsWith(`${prefix}${role}/`)) continue;
        try {
          const unsent = JSON.parse(storage.getItem(name)!) as Unsent;
          if (waiting.has(unsent.item) || (unsent.tab !== tab && now() - unsent.tried < abandonedMs)) continue;
          waiting.set(unsent.item, unsent);
          void send(unsent.item);
        } catch {}
      }
      show();
    },
    get unsent() {
      return waiting.size;
    },
  };
}

const errorOf = (body: unknown): string => {
  const error = (body as { error?: unknown } | null)?.error;
  return typeof error === 'string' ? error : 'the server answered with an error';
};

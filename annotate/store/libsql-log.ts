import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { EventLog } from './event-log.js';
import { eventSchema, type StoreEvent } from './events.js';

interface Row {
  number: number;
  event: string;
}

/** What of the driver is used here. */
interface Database {
  exec(sql: string): unknown;
  pragma(sql: string): unknown;
  prepare(sql: string): { run(...values: unknown[]): unknown; all(...values: unknown[]): unknown[] };
  close(): void;
}

/**
 * A log as a table `events` of a SQLite file, for teams that ask it in SQL. Each append is one transaction, synced
 * (`synchronous = FULL`).
 *
 * @throws DetectiveError `missing-dependency` where `libsql` is not installed, `bad-input` for a file that is no such log.
 */
export async function openLibsqlLog(path: string): Promise<EventLog> {
  const database = await open(path);
  const parse = ({ event, number }: Row): StoreEvent => {
    const parsed = eventSchema.safeParse(JSON.parse(event));
    if (parsed.success) return parsed.data;
    throw new DetectiveError(
      'bad-input',
      `${path} event ${number} is none that this version knows: use the version that wrote it`,
    );
  };
  const insert = database.prepare('insert into events (number, at, kind, event) values (?, ?, ?, ?)');
  const select = database.prepare('select number, event from events where number >= ? and number < ? order by number');
  // `all`, for `get` puts a column of its own into the row
  const rows = (from: number, to: number) => select.all(from, to) as Row[];
  let length = (database.prepare('select count(*) as count from events').all() as { count: number }[])[0]!.count;
  return {
    get length() {
      return length;
    },
    async append(events) {
      try {
        database.exec('begin immediate');
        for (const [place, event] of events.entries())
          insert.run(length + place, event.at, event.kind, JSON.stringify(event));
        database.exec('commit');
      } catch (cause) {
        try {
          database.exec('rollback');
        } catch {}
        throw new DetectiveError('store-failed', `${path} could not be written: ${errorMessage(cause)}`, { cause });
      }
      length += events.length;
    },
    async get(number) {
      const [row] = rows(number, number + 1);
      if (!row) throw new RangeError(`there is no event ${number} in ${path}`);
      return parse(row);
    },
    async *read() {
      const end = length;
      for (let from = 0; from < end; from += 1000)
        for (const row of rows(from, Math.min(end, from + 1000))) yield parse(row);
    },
    async close() {
      // else a copy of the file alone would lack what stands in the log beside it
      database.pragma('wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

async function open(path: string): Promise<Database> {
  let make: new (path: string) => Database;
  try {
    make = (await import('libsql')).default as unknown as typeof make;
  } catch (cause) {
    throw new DetectiveError('missing-dependency', 'a libsql store needs the package libsql: npm install libsql', {
      cause,
    });
  }
  try {
    const database = new make(path);
    database.pragma('busy_timeout = 5000');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(
      'create table if not exists events (number integer primary key, at real not null, kind text not null, event text not null)',
    );
    return database;
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} is no annotation store (${errorMessage(cause)}): check --store`, {
      cause,
    });
  }
}

import { DetectiveError, errorMessage } from '../base/errors.js';

/** Where a queue is. */
export interface QueueAddress {
  connection: { host: string; port: number; username?: string; password?: string; db: number; tls?: object };
  name: string;
  /** Without the password. */
  shown: string;
}

/**
 * Reads `redis://[user:password@]host[:port][/db][?name=QUEUE]`, or `rediss://` for TLS.
 *
 * @throws DetectiveError `bad-argument` for anything else.
 */
export function parseQueueUrl(url: string): QueueAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const name = parsed?.searchParams.get('name') ?? 'vlm-detective';
  const db = Number(parsed?.pathname.slice(1) || 0);
  if (
    !parsed ||
    !/^rediss?:$/.test(parsed.protocol) ||
    !parsed.hostname ||
    !/^[\w-]{1,100}$/.test(name) ||
    !isIndex(db)
  )
    throw new DetectiveError(
      'bad-argument',
      '--queue must look like redis://localhost:6379, with /1 for a database and ?name=captions for a name of its own',
    );
  const { hostname, port, username, password, protocol } = parsed;
  return {
    connection: {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 6379),
      db,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
    name,
    shown: `${protocol}//${hostname}:${port || 6379}/${db}?name=${name}`,
  };
}

/** Milliseconds for the first answer of Redis. */
export const readyMs = 5000;

const isIndex = (value: number) => Number.isInteger(value) && value >= 0 && value < 1024;

/** @throws DetectiveError `missing-dependency` where BullMQ, or the client of Redis that it loads by itself, is not installed. */
export async function loadBullMq(): Promise<typeof import('bullmq')> {
  try {
    const [bullmq] = await Promise.all([import('bullmq'), import('ioredis')]);
    return bullmq;
  } catch (cause) {
    throw new DetectiveError(
      'missing-dependency',
      `--queue needs BullMQ and ioredis (npm install bullmq ioredis): ${errorMessage(cause).slice(0, 200)}`,
      { cause },
    );
  }
}

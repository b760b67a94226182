export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one line. Fields are numbers, flags, codes and paths: never a picture, a prompt, an answer or a key. */
export type Log = (
  level: LogLevel,
  event: string,
  fields?: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;

const rank: Readonly<Record<LogLevel | 'off', number>> = { info: 0, warn: 1, error: 2, off: 3 };

/** JSON lines of the level and above. */
export function jsonLog(write: (line: string) => void, least: LogLevel | 'off' = 'info'): Log {
  return (level, event, fields) => {
    if (rank[level] < rank[least]) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  };
}

/** What an error is, without its message: that may quote what nobody may read. */
export function errorCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}

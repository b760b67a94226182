import { type FileHandle, open } from 'node:fs/promises';

export interface ReportFile {
  /** Hands a line over to be written; it never waits and never throws. */
  add(report: object): void;
  close(): Promise<void>;
}

/** Lines in memory at most; more are lost, so that a slow or full disk costs reports and not the server. */
const maxWaiting = 1000;

/**
 * Appends JSON lines to a file. A line that cannot be written (the disk is full) is lost and told of by `onLost`; the
 * next one is tried afresh, on a line of its own.
 *
 * @throws where the file cannot be opened.
 */
export async function openReportFile(
  path: string,
  onLost: (count: number, error?: unknown) => void,
): Promise<ReportFile> {
  const file: FileHandle = await open(path, 'a');
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let torn = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      try {
        await file.appendFile((torn ? '\n' : '') + lines.join(''));
        torn = false;
      } catch (error) {
        torn = true;
        onLost(lines.length, error);
      }
    }
    writing = undefined;
  }

  return {
    add(report) {
      if (waiting.length >= maxWaiting) return onLost(1);
      waiting.push(`${JSON.stringify(report)}\n`);
      writing ??= drain();
    },
    async close() {
      await writing;
      await file.close().catch(() => {});
    },
  };
}

import { DetectiveError } from '../../src/base/errors.js';

/** The first line of a ledger: what was run, so that a run goes on only as what it began as. */
export interface RunHeader {
  ledger: 'vlm-detective';
  format: 1;
  /** The kind of run, such as `correct`. */
  run: string;
  /** Everything that decides the results. */
  config: Readonly<Record<string, unknown>>;
  /** Versions and hashes of what took part. */
  versions: Readonly<Record<string, string>>;
}

export const runHeader = (run: string, config: RunHeader['config'], versions: RunHeader['versions']): RunHeader => ({
  ledger: 'vlm-detective',
  format: 1,
  run,
  config,
  versions,
});

/** @throws DetectiveError `bad-input` where the line is no header of a ledger that this version reads. */
export function parseHeader(line: string | null, path: string): RunHeader {
  let json: Partial<RunHeader> | null = null;
  try {
    json = JSON.parse(line ?? '') as Partial<RunHeader> | null;
  } catch {}
  if (json?.ledger !== 'vlm-detective' || typeof json.run !== 'string' || !json.config || !json.versions)
    throw new DetectiveError('bad-input', `${path} is no ledger of a run: its first line must be the run's header`);
  if (json.format !== 1)
    throw new DetectiveError('bad-input', `${path} has ledger format ${json.format}, and this version reads 1 only`);
  return json as RunHeader;
}

/** @throws DetectiveError `bad-argument` that names the first setting in which a run that goes on differs from its beginning. */
export function checkSameRun(begun: RunHeader, now: RunHeader, path: string): void {
  if (begun.run !== now.run)
    throw new DetectiveError(
      'bad-argument',
      `${path} is a run of "${begun.run}", not of "${now.run}": choose another --out`,
    );
  for (const part of ['config', 'versions'] as const) {
    const names = [...new Set([...Object.keys(begun[part]), ...Object.keys(now[part])])].sort();
    for (const name of names) {
      const [was, is] = [JSON.stringify(begun[part][name]), JSON.stringify(now[part][name])];
      if (was === is) continue;
      throw new DetectiveError(
        'bad-argument',
        `${path} was begun with ${name} ${was ?? 'not set'}, now it is ${is ?? 'not set'}: go on with the same settings, or choose another --out`,
      );
    }
  }
}

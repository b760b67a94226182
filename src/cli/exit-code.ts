import type { DetectiveError } from '../errors.js';

/** 2 for arguments and input that cannot be used, 130 for Ctrl-C, 1 for what failed. */
export function exitCode({ code }: DetectiveError): number {
  if (code === 'aborted') return 130;
  return ['bad-argument', 'bad-input', 'bad-image', 'bad-model', 'missing-dependency'].includes(code) ? 2 : 1;
}

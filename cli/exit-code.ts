const unusable: readonly string[] = ['bad-argument', 'bad-input', 'bad-image', 'bad-model', 'missing-dependency'];

/** The exit code of an error code: 2 for arguments and input that cannot be used, 1 for what failed. */
export function exitCodeOf(code: string): number {
  return unusable.includes(code) ? 2 : 1;
}

export const quiet = Symbol('quiet');

/** Waits for work, or for so many milliseconds: then it is `quiet`, and the work goes on. */
export async function orQuiet<T>(work: Promise<T>, ms: number): Promise<T | typeof quiet> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof quiet>((resolve) => {
    timer = setTimeout(() => resolve(quiet), ms);
  });
  return Promise.race([work, silence]).finally(() => clearTimeout(timer));
}

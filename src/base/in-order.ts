/**
 * Maps a stream with at most `window` items begun and not yet handed on, and yields the results in the order of the
 * items, each as soon as it and all before it are there, also while the source keeps it waiting. Where the source fails,
 * what was begun is yielded first. `work` must not reject.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  window: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = source[Symbol.asyncIterator]();
  const begun: Promise<R>[] = [];
  let failure: { error: unknown } | undefined;
  const read = () =>
    iterator.next().catch((error: unknown): IteratorResult<T> => {
      failure = { error };
      return { done: true, value: undefined };
    });
  let next: Promise<IteratorResult<T>> | null = read();
  while (next || begun.length > 0) {
    if (next && begun.length < window) {
      const oldest = begun[0]?.then(() => null);
      const item: IteratorResult<T> | null = await (oldest ? Promise.race([next, oldest]) : next);
      if (item) {
        next = item.done ? null : read();
        if (!item.done) begun.push(work(item.value));
        continue;
      }
    }
    yield await begun.shift()!;
  }
  if (failure) throw failure.error;
}

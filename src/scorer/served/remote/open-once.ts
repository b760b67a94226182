/** Opens at the first call, for all callers together; after a failure the next call opens anew. */
export function openOnce<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    if (!opening) {
      const started = open();
      opening = started;
      started.catch(() => {
        opening = undefined;
      });
    }
    return opening;
  };
}

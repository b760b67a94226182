/** One of the items, by chance. */
export function choose<T>(random: () => number, items: readonly T[]): T | undefined {
  return items[Math.min(items.length - 1, Math.floor(random() * items.length))];
}

/** The items in an order by chance. */
export function shuffle<T>(random: () => number, items: readonly T[]): T[] {
  const out = [...items];
  for (let last = out.length - 1; last > 0; last--) {
    const other = Math.min(last, Math.floor(random() * (last + 1)));
    [out[last], out[other]] = [out[other]!, out[last]!];
  }
  return out;
}

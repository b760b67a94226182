/**
 * Chooses wordings by key instead of by order, so that a caption and its perturbed twin, built with the same seed from
 * facts that differ in one value, come out in the same words but for that value.
 */
export interface Wording {
  pick<T>(key: string, options: readonly T[]): T;
  chance(key: string, share: number): boolean;
}

export function wordingOf(seed: number): Wording {
  const unit = (key: string) => {
    let hash = seed ^ 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
  };
  return {
    pick: (key, options) => options[Math.floor(unit(key) * options.length)]!,
    chance: (key, share) => unit(key) < share,
  };
}

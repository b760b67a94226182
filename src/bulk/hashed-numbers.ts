import { hash } from 'node:crypto';

export interface HashedNumbers {
  get(text: string): number | undefined;
  set(text: string, value: number): void;
  /** How many texts have a number. */
  readonly size: number;
}

/** Of the places in the table, at most this share is taken. */
const fullest = 0.75;

/**
 * A number for each of millions of texts, in 21 to 43 bytes a text however long it is: a text is known by the first 64
 * bits of its SHA-256. Among a million texts the chance that any two are taken for one another is 3 in 100 million.
 */
export function hashedNumbers(): HashedNumbers {
  let places = 1024;
  /** Two words a text, both 0 where the place is free. */
  let keys = new Uint32Array(2 * places);
  let values = new Float64Array(places);
  let size = 0;

  /** Where the text stands, or the free place where it belongs. */
  function find(first: number, second: number): number {
    let place = first & (places - 1);
    while (keys[2 * place] !== 0 || keys[2 * place + 1] !== 0) {
      if (keys[2 * place] === first && keys[2 * place + 1] === second) return place;
      place = (place + 1) & (places - 1);
    }
    return place;
  }

  const isTaken = (place: number) => keys[2 * place] !== 0 || keys[2 * place + 1] !== 0;

  function put(first: number, second: number, value: number): void {
    const place = find(first, second);
    if (!isTaken(place)) size++;
    keys[2 * place] = first;
    keys[2 * place + 1] = second;
    values[place] = value;
  }

  function grow(): void {
    const [oldKeys, oldValues] = [keys, values];
    places *= 2;
    keys = new Uint32Array(2 * places);
    values = new Float64Array(places);
    size = 0;
    for (const [place, value] of oldValues.entries()) {
      const [first, second] = [oldKeys[2 * place]!, oldKeys[2 * place + 1]!];
      if (first !== 0 || second !== 0) put(first, second, value);
    }
  }

  return {
    get(text) {
      const place = find(...keyOf(text));
      return isTaken(place) ? values[place] : undefined;
    },
    set(text, value) {
      if (size + 1 > places * fullest) grow();
      put(...keyOf(text), value);
    },
    get size() {
      return size;
    },
  };
}

function keyOf(text: string): [first: number, second: number] {
  const digest = hash('sha256', text, 'buffer');
  const [first, second] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
  return first === 0 && second === 0 ? [0, 1] : [first, second];
}

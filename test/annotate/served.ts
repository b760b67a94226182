import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnnotationItem } from '../../annotate/item.js';
import { dailyPlan, type Plan } from '../../annotate/plan.js';
import type { AppOptions } from '../../annotate/server/app.js';
import { startAnnotator } from '../../annotate/server/start.js';
import type { QueueSettings } from '../../annotate/store/queue.js';
import type { State } from '../../annotate/store/state.js';
import { openStore } from '../../annotate/store/store.js';
import { plainPng } from '../fixtures/tiny/tiny-model.js';

export interface ServeSettings extends Partial<Omit<AppOptions, 'store' | 'plan'>> {
  queue?: Partial<QueueSettings & { blind: number }>;
  plan?: (state: State) => Plan;
  port?: number;
  /** A store that is there already. */
  folder?: string;
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'vlm-detective-annotate-'));

/** A picture of one colour in a folder. */
export async function pictureIn(folder: string): Promise<string> {
  const path = join(folder, 'red.png');
  writeFileSync(path, await plainPng('#c33', 64));
  return path;
}

/** The annotation tool on a free port of this machine, with its store. */
export async function served(items: readonly AnnotationItem[], settings: ServeSettings = {}) {
  const { queue, plan, folder = join(newFolder(), 'store'), ...options } = settings;
  const store = await openStore(folder);
  await store.add(items);
  const daily = { order: 'file', overlap: 1, seed: 1, goldEvery: 10, blind: 0, ...queue } as const;
  const running = await startAnnotator({
    host: '127.0.0.1',
    port: 0,
    store,
    plan: plan?.(store.state) ?? dailyPlan(store.state, daily),
    title: 'Annotate',
    study: false,
    loopback: true,
    scoring: () => false,
    log: () => {},
    ...options,
  });
  return {
    store,
    folder,
    url: running.url,
    async close() {
      await running.close();
      await store.close();
    },
  };
}

/** An answer with flags at the first place of each of these words. */
export function flagged(
  id: string,
  image: string,
  response: string,
  words: readonly (string | { word: string; proposals: string[] })[],
): AnnotationItem {
  const flags = words.map((one) => {
    const { word, proposals } = typeof one === 'string' ? { word: one, proposals: undefined } : one;
    const start = response.indexOf(word);
    if (start < 0) throw new Error(`${word} is not in ${response}`);
    return { start, end: start + word.length, text: word, reward: 0.12, ...(proposals ? { proposals } : {}) };
  });
  return {
    id,
    image,
    response,
    finding: { flags, lowest: flags.length > 0 ? 0.12 : 0.9, threshold: 0.4, scorer: 'test' },
  };
}

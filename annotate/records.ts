import type { AnnotationRecord } from './formats/record.js';
import type { AnnotationItem } from './item.js';
import type { SaveEvent } from './store/events.js';
import type { Share } from './store/state.js';
import type { Store } from './store/store.js';
import { activeTime } from './time.js';
import { correctedText, overlaps, type Work } from './work.js';

/** All that is known about one item: what was asked, and everybody's word on it. */
export interface ItemRecords {
  item: AnnotationItem;
  records: AnnotationRecord[];
}

/** Everybody's work about each item, in the order of the items; items that nobody touched have no records. */
export async function* readRecords(store: Store): AsyncGenerator<ItemRecords> {
  for (const { id, people } of store.state.items.values()) {
    const item = (await store.item(id))!;
    const records: AnnotationRecord[] = [];
    for (const [annotator, share] of people)
      if (share.version > 0) records.push(await recordOf(store, item, annotator, share));
    yield { item, records };
  }
}

async function recordOf(
  store: Store,
  item: AnnotationItem,
  annotator: string,
  share: Share,
): Promise<AnnotationRecord> {
  const { active } = activeTime(await store.activity(share));
  return toRecord(item, await store.work(share), {
    annotator,
    role: share.role,
    shown: share.shown ?? 'flags',
    savedAt: new Date(await store.savedAt(share)).toISOString(),
    ...(active > 0 ? { seconds: Math.round(active / 100) / 10 } : {}),
  });
}

type Who = Pick<AnnotationRecord, 'annotator' | 'role'> & {
  shown: SaveEvent['shown'];
  savedAt?: string;
  seconds?: number;
};

/** A work as a record. Every word is known where the answer was handed in, unless it is only said to be wrong somewhere. */
export function toRecord(item: AnnotationItem, work: Work, who: Who): AnnotationRecord {
  const { id, image, prompt, response, finding, columns } = item;
  const { marks, verdict, status, skipReason, comment } = work;
  const wrong = marks.filter(({ decision }) => decision === 'wrong');
  const known = status === 'done' && !(verdict === 'bad' && wrong.length === 0);
  const types = [...new Set(wrong.flatMap(({ type }) => type ?? []))];
  const spans = marks.map(({ decision, ...mark }) => {
    const reward = finding?.flags.find((flag) => overlaps(flag, mark))?.reward;
    return {
      ...mark,
      label: decision === 'wrong' ? 'hallucinated' : 'supported',
      ...(reward === undefined ? {} : { reward }),
    } as const;
  });
  return {
    id,
    image,
    ...(prompt === undefined ? {} : { prompt }),
    response,
    ...who,
    status,
    verdict,
    spans,
    ...(known
      ? {
          labels: wrong.map(({ start, end }) => ({ start, end, good: false as const })),
          perturbation: types.length === 1 ? types[0]! : wrong.length > 0 ? ('other' as const) : null,
        }
      : {}),
    corrected: correctedText(response, marks),
    flags: finding?.flags ?? [],
    ...(finding?.scorer === undefined ? {} : { scorer: finding.scorer }),
    ...(finding?.threshold === undefined ? {} : { threshold: finding.threshold }),
    ...(skipReason === undefined ? {} : { skipReason }),
    ...(comment === undefined ? {} : { comment }),
    ...(columns === undefined ? {} : { columns }),
  };
}

/** The work that a record tells of. */
export const workOf = ({ spans, verdict, status, skipReason, comment }: AnnotationRecord): Work => ({
  marks: spans.map(({ label, reward: _, ...span }) => ({
    ...span,
    decision: label === 'hallucinated' ? 'wrong' : 'right',
  })),
  verdict,
  status,
  ...(skipReason === undefined ? {} : { skipReason }),
  ...(comment === undefined ? {} : { comment }),
});

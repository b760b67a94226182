import type { Activity } from '../store/events.js';

/** Of keys and movements of one kind only one in so many milliseconds is kept. */
const thinMs = 250;
const reportMs = 15_000;

export interface ActivityLog {
  /** Something happened about the item that is shown. */
  note(type: Activity[1]): void;
  /** Another item is shown, or none: what was noted about the one before goes out. */
  show(item: string | undefined): void;
  flush(leaving?: boolean): void;
}

/**
 * Notes when a person did something, raw, so that any rule about idle time can be applied later. The clock of an item
 * starts when its picture is there (`show`).
 */
export function createActivityLog(send: (item: string, events: Activity[], leaving: boolean) => void): ActivityLog {
  let item: string | undefined;
  let events: Activity[] = [];
  const last = new Map<string, number>();

  const log: ActivityLog = {
    note(type) {
      if (item === undefined) return;
      const at = Date.now();
      if (/^(?:key|pointer|wheel)$/.test(type)) {
        if (at - (last.get(type) ?? 0) < thinMs) return;
        last.set(type, at);
      }
      events.push([at, type]);
    },
    show(next) {
      if (item === next) return;
      if (item !== undefined) {
        events.push([Date.now(), 'leave']);
        log.flush();
      }
      item = next;
      last.clear();
    },
    flush(leaving = false) {
      if (item !== undefined && events.length > 0) send(item, events, leaving);
      events = [];
    },
  };

  addEventListener('keydown', () => log.note('key'), { capture: true, passive: true });
  for (const type of ['pointerdown', 'pointermove'] as const)
    addEventListener(type, () => log.note('pointer'), { capture: true, passive: true });
  for (const type of ['wheel', 'scroll'] as const)
    addEventListener(type, () => log.note('wheel'), { capture: true, passive: true });
  addEventListener('focus', () => log.note('focus'));
  addEventListener('blur', () => log.note('blur'));
  document.addEventListener('visibilitychange', () => {
    log.note(document.hidden ? 'hidden' : 'visible');
    if (document.hidden) log.flush(true);
  });
  addEventListener('pagehide', () => {
    log.note('leave');
    log.flush(true);
  });
  setInterval(() => log.flush(), reportMs);
  return log;
}

import { computed, effect, signal } from '@preact/signals';
import { splitWords } from '../../src/text/words.js';
import type { ItemView, Progress, Session } from '../server/api.js';
import { undecided, type Work } from '../work.js';
import { type ActivityLog, createActivityLog } from './activity.js';
import type { Action, KeySettings } from './keys.js';
import { type Conflict, createSaver, type Saver, type SaveState } from './saver.js';
import {
  askItem,
  askQueue,
  askSession,
  askTrail,
  askVersion,
  pictureOf,
  putWork,
  type Role,
  sendActivity,
} from './server.js';
import {
  allRight,
  type Cursor,
  clear,
  cursorOver,
  decide,
  describe,
  finished,
  nextStop,
  resize,
  type Target,
  targetOf,
} from './words.js';

/** What the page knows, and what can be done with it. The parts of the page only draw it and call these functions. */

export interface Current {
  view: ItemView;
  work: Work;
  undo: Work[];
  redo: Work[];
  /** The version from which an older one may still be asked for. */
  olderThan: number;
}

export type Dialog = 'help' | 'guidelines' | 'skip' | 'comment' | 'conflict';

/** The answer that is shown, and the one after it: more would keep them from others. */
const ahead = 2;

export const role: Role = new URLSearchParams(location.search).has('adjudicate') ? 'adjudicate' : 'annotate';
export const session = signal<Session | undefined>(undefined);
export const annotator = signal<string | undefined>(undefined);
export const current = signal<Current | undefined>(undefined);
export const cursor = signal<Cursor>({ from: 0, to: 0 });
/** The text of the replacement that is being written; undefined while none is. */
export const draft = signal<string | undefined>(undefined);
export const dialog = signal<Dialog | undefined>(undefined);
export const conflict = signal<Conflict | undefined>(undefined);
export const progress = signal<Progress | undefined>(undefined);
export const saveState = signal<SaveState>({ kind: 'idle' });
/** What happened last, for eyes and screen readers. */
export const message = signal('');
/** Why there is no answer to show. */
export const empty = signal<'loading' | 'finished' | 'unreachable'>('loading');
export const problem = signal('');
export const showBoxes = signal(true);
/** Whether the answer is on the screen: what was pressed before was meant for the one before. */
export const painted = signal(false);

export type Theme = 'auto' | 'light' | 'dark';
interface Settings extends KeySettings {
  theme: Theme;
}
const settingsName = 'vlm-detective-settings';
export const settings = signal<Settings>({ characters: true, own: {}, theme: 'auto', ...stored() });
effect(() => {
  const { theme } = settings.value;
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(settingsName, JSON.stringify(settings.value));
  } catch {}
});

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(settingsName) ?? '{}') as Partial<Settings>;
  } catch {
    return {};
  }
}

export const words = computed(() => splitWords(current.value?.view.response ?? ''));
export const target = computed<Target | undefined>(() => {
  const now = current.value;
  return now && targetOf(now.view.response, words.value, cursor.value, now.view.flags, now.work);
});
export const openFlags = computed(() => {
  const now = current.value;
  return now ? undecided(now.view.flags, now.work.marks).length : 0;
});

let saver: Saver;
let activity: ActivityLog;
let queue: ItemView[] = [];
/** Answers that were here before, the newest last. */
let trail: string[] = [];
const ended = new Set<string>();
let warned = false;
let paintedAt = 0;

const tab = tabName();
function tabName(): string {
  const known = sessionStorage.getItem('vlm-detective-tab');
  const name = known ?? crypto.randomUUID?.() ?? String(Math.random());
  sessionStorage.setItem('vlm-detective-tab', name);
  return name;
}

export function say(text: string): void {
  // the same words twice are read twice
  message.value = message.value === text ? `${text}\u00a0` : text;
}

export async function start(): Promise<void> {
  try {
    session.value = await askSession();
  } catch (error) {
    empty.value = 'unreachable';
    problem.value = String((error as Error).message);
    setTimeout(() => void start(), 2000);
    return;
  }
  document.title = session.value.title;
  const asked = new URLSearchParams(location.search).get('annotator');
  const name = asked ?? session.value.annotator ?? sessionStorage.getItem('vlm-detective-annotator');
  if (name) await signIn(name);
}

export async function signIn(name: string): Promise<void> {
  const { store } = session.value!;
  sessionStorage.setItem('vlm-detective-annotator', name);
  annotator.value = name;
  saver = createSaver({
    annotator: name,
    role,
    storage: localStorage,
    prefix: `vlm-detective-unsent/${store}/${name}/`,
    tab,
    put: putWork,
    onState: (state) => {
      saveState.value = state;
    },
    onConflict: (found) => {
      conflict.value = found;
      dialog.value = 'conflict';
    },
    onRejected: (item, why) => {
      problem.value = `The change of answer ${item} was refused: ${why}. It is kept in this browser.`;
    },
  });
  activity = createActivityLog((item, events, leaving) =>
    sendActivity({ annotator: name, item, tab, events }, leaving),
  );
  saver.adopt();
  addEventListener('online', () => saver.retry());
  addEventListener('beforeunload', (event) => {
    commitDraft();
    if (saver.unsent > 0) event.preventDefault();
  });
  trail = await askTrail(name).catch(() => []);
  for (const id of trail) ended.add(id);
  await advance();
}

/** Shows the next answer: at once where it was fetched before. */
async function advance(): Promise<void> {
  const next = queue.shift();
  if (next) show(next);
  else {
    current.value = undefined;
    empty.value = 'loading';
    activity.show(undefined);
  }
  await refill();
  if (!current.value) {
    const first = queue.shift();
    if (first) {
      show(first);
      await refill();
    }
  }
}

let refilling: Promise<void> | undefined;
function refill(): Promise<void> {
  refilling ??= fetchAhead().finally(() => {
    refilling = undefined;
  });
  return refilling;
}

async function fetchAhead(): Promise<void> {
  try {
    // what was handed in just now may still be open for the server: it is neither next nor missing
    const { unsent } = saver;
    const { items, progress: told } = await askQueue(annotator.value!, role, Math.min(10, ahead + unsent));
    const done = unsent > 0 ? Math.max(told.done, progress.value?.done ?? 0) : told.done;
    progress.value = { ...told, done };
    const here = current.value?.view.id;
    queue = items.filter(({ id }) => !ended.has(id) && id !== here);
    for (const { id } of queue) new Image().src = pictureOf(id);
    if (queue.length === 0 && !current.value) {
      empty.value = 'finished';
      say('All done.');
    }
    problem.value = '';
  } catch (error) {
    if (current.value) return;
    empty.value = 'unreachable';
    problem.value = (error as Error).message;
    setTimeout(() => void advance(), 2000);
  }
}

function show(view: ItemView): void {
  saver.setVersion(view.id, view.version);
  draft.value = undefined;
  warned = false;
  painted.value = false;
  // the second of two frames comes after the first was drawn
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      paintedAt = performance.now();
      painted.value = current.value?.view === view;
    }),
  );
  const work = role === 'adjudicate' && view.version === 0 ? agreed(view) : view.work;
  current.value = { view, work, undo: [], redo: [], olderThan: view.version };
  const first = nextStop({ words: words.value, flags: view.flags, work }, { from: -1, to: -1 }, 1, true);
  cursor.value = first ?? { from: 0, to: 0 };
  activity.show(view.id);
  const flags = view.flags.length;
  const found =
    view.shown === 'verdict'
      ? view.doubted
        ? 'the detector doubts it'
        : 'the detector finds nothing wrong'
      : view.shown === 'none'
        ? 'no highlights'
        : flags === 1
          ? '1 flag'
          : `${flags} flags`;
  say(`Answer ${view.id}, ${found}.`);
  if (view.scored === 'waiting') awaitScore(view.id);
}

/** Flags that come later are put in; what the person did stays. */
function awaitScore(id: string): void {
  setTimeout(async () => {
    const now = current.value;
    if (now?.view.id !== id || now.view.scored !== 'waiting') return;
    const view = await askItem(id, annotator.value!, role).catch(() => undefined);
    const still = current.value;
    if (still?.view.id !== id) return;
    if (!view || view.scored === 'waiting') return awaitScore(id);
    current.value = { ...still, view: { ...view, work: still.view.work } };
    say(view.flags.length === 1 ? '1 flag came in.' : `${view.flags.length} flags came in.`);
  }, 1000);
}

/** What all the others said, to begin an adjudication with. */
function agreed({ votes = [], work }: ItemView): Work {
  const [first, ...others] = votes;
  if (!first) return work;
  const marks = first.work.marks.filter((mark) =>
    others.every(({ work }) =>
      work.marks.some(
        ({ start, end, decision, replacement }) =>
          start === mark.start && end === mark.end && decision === mark.decision && replacement === mark.replacement,
      ),
    ),
  );
  return { ...work, marks };
}

/** The picture is there: from now on the answer can be judged. */
export const pictureShown = (): void => activity.note('show');

/** Whether a key or button was pressed upon what is on the screen now; says so where it was not. */
export function isMeant({ timeStamp }: { timeStamp: number }): boolean {
  if (!current.value || (painted.value && timeStamp >= paintedAt)) return true;
  say('This answer has only just come: look at it first.');
  return false;
}

/** Takes over a changed work, and saves it. */
function change(work: Work): void {
  const now = current.value;
  if (!now || work === now.work) return;
  current.value = { ...now, work, undo: [...now.undo, now.work], redo: [] };
  warned = false;
  saver.save(now.view.id, work);
}

export function moveTo(next: Cursor): void {
  commitDraft();
  cursor.value = next;
}

/** By a word; `extend` leaves the other end where it is. */
export function moveBy(step: number, extend: boolean): void {
  const last = words.value.length - 1;
  if (last < 0) return;
  const { from, to } = cursor.value;
  if (extend) {
    moveTo({ from, to: Math.min(last, Math.max(from, to + step)) });
    return;
  }
  // a flag is one stop
  const over = target.value && cursorOver(words.value, target.value);
  const at = step > 0 ? Math.max(to, over?.to ?? to) + step : Math.min(from, over?.from ?? from) + step;
  const place = Math.min(last, Math.max(0, at));
  moveTo({ from: place, to: place });
}

function stop(step: 1 | -1, onlyOpen = false): boolean {
  const now = current.value;
  const shown = now && { words: words.value, flags: now.view.flags, work: now.work };
  const next = shown && nextStop(shown, cursor.value, step, onlyOpen);
  if (next) moveTo(next);
  return next !== undefined;
}

function onward(done: string): void {
  const left = openFlags.value;
  if (left > 0) stop(1, true);
  say(`${done}. ${left === 0 ? 'No flag is left.' : left === 1 ? '1 flag is left.' : `${left} flags are left.`}`);
}

export function accept(proposal = target.value?.flag?.proposals?.[0]): void {
  const [now, to] = [current.value, target.value];
  if (!now || !to || proposal === undefined) {
    say('There is no proposal here.');
    return;
  }
  change(decide(now.work, to, { decision: 'wrong', replacement: proposal }));
  onward(proposal === '' ? `Deleted “${to.text}”` : `“${to.text}” becomes “${proposal}”`);
}

export function beginDraft(): void {
  const to = target.value;
  if (to) draft.value = to.mark?.replacement ?? to.text;
}

/** Takes over what is being written. */
export function commitDraft(): void {
  const [now, to, text] = [current.value, target.value, draft.value];
  draft.value = undefined;
  if (!now || !to || text === undefined || text === (to.mark?.replacement ?? to.text)) return;
  change(decide(now.work, to, { decision: 'wrong', replacement: text }));
  say(`“${to.text}” becomes “${text}”.`);
}

export const cancelDraft = (): void => {
  draft.value = undefined;
};

export function setKind(change_: Parameters<typeof describe>[2]): void {
  const [now, to] = [current.value, target.value];
  if (now && to) change(describe(now.work, to, change_));
}

export function setComment(text: string): void {
  const now = current.value;
  if (!now) return;
  const { comment: _, ...rest } = now.work;
  change(text.trim() === '' ? rest : { ...rest, comment: text });
}

export function skip(reason: string): void {
  const now = current.value;
  if (!now) return;
  change({ ...now.work, status: 'skipped', skipReason: reason });
  leave(now.view.id);
}

function leave(id: string): void {
  ended.add(id);
  trail = [...trail.filter((one) => one !== id), id];
  const known = progress.value;
  if (known) progress.value = { ...known, done: known.done + 1 };
  void advance();
}

export function takeVote(number: number): void {
  const now = current.value;
  const vote = now?.view.votes?.[number];
  if (!now || !vote) return;
  change({ ...now.work, marks: vote.work.marks, verdict: vote.work.verdict });
  say(`Took over what ${vote.annotator} said.`);
}

export function settle(mine: boolean): void {
  const found = conflict.value;
  conflict.value = undefined;
  dialog.value = undefined;
  if (!found) return;
  const now = current.value;
  saver.setVersion(found.item, found.version);
  if (mine) saver.save(found.item, found.mine);
  if (now?.view.id === found.item && !mine)
    current.value = { ...now, work: found.theirs, undo: [...now.undo, now.work], redo: [] };
  say(mine ? 'Your version was saved.' : 'The other version is shown; undo brings yours back.');
}

async function undo(): Promise<void> {
  commitDraft();
  const now = current.value;
  if (!now) return;
  let before = now.undo.at(-1);
  let { olderThan } = now;
  if (!before && olderThan > 0) {
    olderThan--;
    before = await askVersion(now.view.id, annotator.value!, olderThan).catch(() => undefined);
    if (current.value?.view.id !== now.view.id) return;
  }
  if (!before) {
    say('There is nothing to undo.');
    return;
  }
  current.value = { ...now, work: before, undo: now.undo.slice(0, -1), redo: [...now.redo, now.work], olderThan };
  saver.save(now.view.id, before);
  say('Undone.');
}

function redo(): void {
  const now = current.value;
  const after = now?.redo.at(-1);
  if (!now || !after) {
    say('There is nothing to redo.');
    return;
  }
  current.value = { ...now, work: after, undo: [...now.undo, now.work], redo: now.redo.slice(0, -1) };
  saver.save(now.view.id, after);
  say('Redone.');
}

async function previous(): Promise<void> {
  const here = current.value?.view;
  const at = here ? trail.indexOf(here.id) : -1;
  const id = trail[at < 0 ? trail.length - 1 : at - 1];
  if (id === undefined) {
    say('There is no answer before this one.');
    return;
  }
  commitDraft();
  try {
    const view = await askItem(id, annotator.value!, role);
    if (here && at < 0) queue.unshift({ ...here, work: current.value!.work, version: here.version });
    show(view);
  } catch (error) {
    say(`The answer before cannot be fetched: ${(error as Error).message}.`);
  }
}

function next(): void {
  commitDraft();
  const now = current.value;
  if (!now) return;
  const left = openFlags.value;
  if (left > 0 && !warned && now.work.status === 'open') {
    stop(1, true);
    say(
      `${left === 1 ? '1 flag is' : `${left} flags are`} not decided. The same key again hands the answer in as it is.`,
    );
    warned = true;
    return;
  }
  const work = finished(now.work, now.view.flags);
  if (JSON.stringify(work) !== JSON.stringify(now.work)) change(work);
  if (trail.includes(now.view.id)) forward(now.view.id);
  else leave(now.view.id);
}

/** From an answer that was done before to the one after it. */
function forward(id: string): void {
  const after = trail[trail.indexOf(id) + 1];
  if (after === undefined) void advance();
  else
    void askItem(after, annotator.value!, role)
      .then(show)
      .catch((error: Error) => say(`The next answer cannot be fetched: ${error.message}.`));
}

type Handler = (now: Current, to: Target | undefined) => void;

const resized =
  (edge: 'start' | 'end', by: 1 | -1): Handler =>
  ({ view, work }, to) => {
    const moved = to && resize({ response: view.response, words: words.value }, work, to, edge, by);
    if (!moved) {
      say('It cannot be moved there.');
      return;
    }
    change(moved.work);
    cursor.value = moved.cursor;
    say(`Now “${target.value?.text}”.`);
  };

const handlers: Partial<Record<Action, Handler>> = {
  accept: () => accept(),
  edit: () => beginDraft(),
  delete: (now, to) => {
    if (!to) return;
    change(decide(now.work, to, { decision: 'wrong', replacement: '' }));
    onward(`Deleted “${to.text}”`);
  },
  right: (now, to) => {
    if (!to?.flag && !to?.mark) {
      say('There is no flag here: words without a flag count as right.');
      return;
    }
    change(decide(now.work, to, { decision: 'right' }));
    onward(`“${to.text}” is right`);
  },
  wrong: (now, to) => {
    if (!to) return;
    change(decide(now.work, to, { decision: 'wrong' }));
    onward(`“${to.text}” is wrong`);
  },
  clear: (now, to) => {
    if (!to?.mark) return say('There is no mark here.');
    change(clear(now.work, to));
    say(`Mark of “${to.text}” taken back.`);
  },
  nextFlag: () => void (stop(1) || say('There is no flag.')),
  previousFlag: () => void (stop(-1) || say('There is no flag.')),
  severity: (_, to) => {
    const severity = to?.mark?.severity === 'major' ? 'minor' : 'major';
    setKind({ severity });
    say(severity === 'major' ? 'A major error.' : 'A minor error.');
  },
  growEnd: resized('end', 1),
  shrinkEnd: resized('end', -1),
  growStart: resized('start', -1),
  shrinkStart: resized('start', 1),
  good: (now) => {
    const work = allRight(now.work, now.view.flags);
    change(work);
    say(work.verdict === 'good' ? 'All of it is right.' : 'The other flags are false alarms.');
  },
  bad: (now) => {
    change({ ...now.work, verdict: now.work.verdict === 'bad' ? null : 'bad' });
    say(now.work.verdict === 'bad' ? 'Verdict taken back.' : 'The answer is wrong.');
  },
};

const anywhere: Partial<Record<Action, () => void>> = {
  next,
  undo: () => void undo(),
  redo,
  previous: () => void previous(),
  skip: () => {
    dialog.value = 'skip';
  },
  comment: () => {
    dialog.value = 'comment';
  },
  guidelines: () => {
    dialog.value = 'guidelines';
  },
  help: () => {
    dialog.value = 'help';
  },
  boxes: () => {
    showBoxes.value = !showBoxes.value;
    say(showBoxes.value ? 'What the detector saw is shown.' : 'What the detector saw is hidden.');
  },
};

/** Does what a key or a button asks for. What the picture does is done by the picture. */
export function act(action: Action): void {
  const now = current.value;
  const handler = handlers[action];
  if (handler && now) {
    if (action !== 'edit' && draft.value !== undefined) commitDraft();
    handler(current.value!, target.value);
  } else anywhere[action]?.();
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { DetectiveError, type ErrorCode, errorMessage, isDetectiveError } from '../../src/base/errors.js';
import { packageRoot } from '../../src/base/package-root.js';
import type { Plan } from '../plan.js';
import { activitySchema, workSchema } from '../store/events.js';
import { type ItemState, isVote } from '../store/state.js';
import type { Store } from '../store/store.js';
import { emptyWork, type Work } from '../work.js';
import type { ConflictReply, ItemView, QueueReply, SaveReply, Session } from './api.js';
import { headers, sameOrigin, withToken } from './guard.js';
import { pictureReader } from './picture.js';
import { teamPage } from './team-page.js';

export interface AppOptions {
  store: Store;
  plan: Plan;
  /** The name of whoever opens the page without saying who they are. */
  annotator?: string;
  title: string;
  /** HTML of the guidelines. */
  guidelines?: string;
  study: boolean;
  /** Whether the server can be reached from this machine only. */
  loopback: boolean;
  /** Without it nobody gets in; undefined: none is asked for. */
  token?: string;
  /** Whether findings still come in by themselves. */
  scoring(): boolean;
  /** Is told what went wrong in here, with the paths that the people at the page do not see. */
  log(line: string): void;
}

/** An item handed out is kept for its person so long; milliseconds. */
const leaseMs = 30 * 60_000;
const longestBody = 4 << 20;

const person = z
  .string()
  .trim()
  .min(1, 'is empty')
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, 'has control characters');
const role = z.enum(['annotate', 'adjudicate']).default('annotate');
const queueBody = z.object({ annotator: person, count: z.int().min(1).max(10), role });
const saveBody = z.object({
  annotator: person,
  base: z.int().nonnegative(),
  after: z.array(z.string().max(100)).max(100).default([]),
  key: z.string().min(8).max(100),
  work: workSchema,
  role,
});
const activityBody = z.object({
  annotator: person,
  item: z.string(),
  tab: z.string().max(60),
  events: z.array(activitySchema).max(5000),
});

const askOperator = 'tell whoever runs this page';
/** What people at the page can do about it; where it happened goes to whoever runs it. */
const forPeople: Partial<Record<ErrorCode, { status: 404 | 500 | 507; message: string }>> = {
  'store-failed': {
    status: 507,
    message: `the server cannot write to its disk; what you did is kept in this browser: ${askOperator}`,
  },
  'bad-image': { status: 404, message: `the file is missing or is no picture: skip this answer, and ${askOperator}` },
  'missing-dependency': { status: 500, message: `the page is not wholly installed: ${askOperator}` },
};

/** The page, what it asks for, and the overview of the team, as one web application. */
export function createApp(options: AppOptions): Hono {
  const { store, plan, loopback, token } = options;
  const { state } = store;
  const pictureOf = pictureReader();
  const app = new Hono();
  app.use(headers, sameOrigin(loopback), withToken(token));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: longestBody,
      onError: (context) => context.json({ error: 'the request is over 4 MiB' }, 413),
    }),
  );
  app.onError((error, context) => {
    if (error instanceof z.ZodError)
      return context.json({ error: `the request ${z.prettifyError(error).replace(/\s+/g, ' ')}` }, 400);
    if (error instanceof SyntaxError) return context.json({ error: 'the request is no JSON' }, 400);
    const told = isDetectiveError(error) && error.code !== 'bad-input' ? forPeople[error.code] : undefined;
    if (isDetectiveError(error) && !told) return context.json({ error: errorMessage(error) }, 400);
    options.log(`${context.req.method} ${context.req.path}: ${errorMessage(error)}`);
    const { status, message } = told ?? { status: 500, message: `something went wrong in here: ${askOperator}` };
    return context.json({ error: message }, status);
  });

  app.get('/', async (context) => context.html(await asset('index.html')));
  app.get('/app.js', async (context) =>
    context.body(await asset('app.js'), 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/app.css', async (context) =>
    context.body(await asset('app.css'), 200, { 'content-type': 'text/css; charset=utf-8' }),
  );
  app.get('/favicon.ico', (context) => context.body(null, 204));
  app.get('/team', async (context) => context.html(await teamPage(store, options.title)));

  app.get('/api/session', (context) => {
    const session: Session = {
      annotator: options.annotator ?? null,
      title: options.title,
      guidelines: options.guidelines ?? null,
      study: options.study,
      store: String(state.settings.id ?? ''),
    };
    return context.json(session);
  });

  app.post('/api/queue', async (context) => {
    const { annotator, count, role } = queueBody.parse(await context.req.json());
    if (role === 'adjudicate') return context.json(await adjudicationQueue(annotator, count));
    const next = await store.transact(({ people }) => {
      const now = Date.now();
      const joined = people.has(annotator) ? [] : [{ kind: 'joined', annotator, place: people.size } as const];
      const items = plan.next(annotator, count, now);
      const leases = items.flatMap((item) => {
        const known = item.people.get(annotator);
        const fresh = known && (known.version > 0 || known.leasedUntil > now + leaseMs / 2);
        return fresh ? [] : [{ kind: 'lease', item: item.id, annotator, until: now + leaseMs, role } as const];
      });
      return { events: [...joined, ...leases], result: items };
    });
    const items: ItemView[] = [];
    for (const item of next) items.push(await view(item, annotator));
    return context.json(withProgress(items, annotator));
  });

  app.get('/api/items/:id', async (context) => {
    const annotator = person.parse(context.req.query('annotator'));
    return context.json(
      await view(found(context.req.param('id')), annotator, context.req.query('role') === 'adjudicate'),
    );
  });

  app.get('/api/items/:id/versions/:version', async (context) => {
    const annotator = person.parse(context.req.query('annotator'));
    const share = found(context.req.param('id')).people.get(annotator);
    const version = Number(context.req.param('version'));
    if (version === 0) return context.json(emptyWork);
    if (!share?.saves[version - 1]) throw new DetectiveError('bad-input', `there is no version ${version}`);
    return context.json(await store.version(share, version));
  });

  app.get('/api/items/:id/picture', async (context) => {
    const { id } = found(context.req.param('id'));
    const { bytes, type } = await pictureOf((await store.item(id))!.image);
    return context.body(bytes, 200, { 'content-type': type, 'cache-control': 'private, max-age=3600' });
  });

  app.put('/api/items/:id/work', async (context) => {
    const { work, ...body } = saveBody.parse(await context.req.json());
    const item = found(context.req.param('id'));
    const shown = body.role === 'adjudicate' ? 'flags' : plan.shown(body.annotator, item);
    const saved = await store.save({ ...body, item: item.id, work: work as Work, shown });
    if (saved.saved) return context.json({ version: saved.version, at: saved.at } satisfies SaveReply);
    return context.json({ version: saved.version, work: saved.work } satisfies ConflictReply, 409);
  });

  app.post('/api/activity', async (context) => {
    const { annotator, item, tab, events } = activityBody.parse(await context.req.json());
    found(item);
    if (events.length > 0)
      await store.transact(() => ({ events: [{ kind: 'activity', item, annotator, tab, events }], result: undefined }));
    return context.body(null, 204);
  });

  app.get('/api/trail', (context) => {
    const annotator = person.parse(context.req.query('annotator'));
    return context.json(trailOf(annotator));
  });

  function found(id: string): ItemState {
    const item = state.items.get(id);
    if (!item) throw new DetectiveError('bad-input', `there is no item ${JSON.stringify(id.slice(0, 100))} here`);
    return item;
  }

  /** The last items that a person did, the newest last. */
  function trailOf(annotator: string): string[] {
    const own: [number, string][] = [];
    for (const { id, people } of state.items.values()) {
      const share = people.get(annotator);
      if (share && share.status !== 'open') own.push([share.saves.at(-1)!, id]);
    }
    return own
      .sort(([a], [b]) => a - b)
      .slice(-100)
      .map(([, id]) => id);
  }

  async function view(item: ItemState, annotator: string, adjudicating = false): Promise<ItemView> {
    const { id, prompt, response, finding } = (await store.item(item.id))!;
    const share = item.people.get(annotator);
    const shown = adjudicating ? 'flags' : plan.shown(annotator, item);
    const flags = finding?.flags ?? [];
    return {
      id,
      response,
      shown,
      flags: shown === 'flags' ? flags : [],
      evidence: shown === 'flags' ? (finding?.evidence ?? []) : [],
      scored:
        finding === undefined
          ? options.scoring()
            ? 'waiting'
            : 'abstained'
          : finding.abstained === undefined
            ? 'yes'
            : 'abstained',
      work: await store.work(share),
      version: share?.version ?? 0,
      ...(prompt === undefined ? {} : { prompt }),
      ...(shown === 'verdict' ? { doubted: flags.length > 0 } : {}),
      ...(finding?.abstained === undefined || shown !== 'flags' ? {} : { abstained: finding.abstained }),
      ...(adjudicating ? { votes: await votesOf(item, annotator) } : {}),
    };
  }

  async function votesOf({ people }: ItemState, but: string) {
    const votes: { annotator: string; work: Work }[] = [];
    for (const [annotator, share] of people)
      if (isVote(share) && annotator !== but) votes.push({ annotator, work: await store.work(share) });
    return votes;
  }

  const disputes = new Map<ItemState, { versions: string; differ: boolean }>();
  /** Whether people said different things about an item; read once for each version of their works. */
  async function isDisputed(item: ItemState): Promise<boolean> {
    const votes = [...item.people.values()].filter(isVote);
    const versions = votes.map(({ saves }) => saves.at(-1)).join();
    const known = disputes.get(item);
    if (known?.versions === versions) return known.differ;
    const works = await Promise.all(votes.map((share) => store.work(share)));
    const differ = works.some((work) => !sameWork(work, works[0]!));
    disputes.set(item, { versions, differ });
    return differ;
  }

  /** Items that two people or more did, whose works differ, and that nobody has adjudicated. */
  async function adjudicationQueue(annotator: string, count: number): Promise<QueueReply> {
    const items: ItemView[] = [];
    let total = 0;
    let done = 0;
    for (const item of state.shared) {
      const judged = [...item.people.values()].some((share) => share.role === 'adjudicate' && share.status !== 'open');
      if (!judged && item.people.get(annotator)?.role === 'annotate') continue;
      if (!judged && !(await isDisputed(item))) continue;
      total++;
      if (judged) done++;
      else if (items.length < count) items.push(await view(item, annotator, true));
    }
    return { items, progress: { done, total, unscored: 0 } };
  }

  function withProgress(items: ItemView[], annotator: string): QueueReply {
    const done = state.ended.get(annotator) ?? 0;
    const unscored = options.scoring() ? state.unscored : 0;
    return { items, progress: { done, total: plan.total(annotator), unscored } };
  }

  return app;
}

/** Whether two people said the same about the same words. */
const sameWork = (a: Work, b: Work): boolean => JSON.stringify(essence(a)) === JSON.stringify(essence(b));
const essence = ({ marks, verdict }: Work) => ({
  marks: marks
    .filter(({ decision }) => decision === 'wrong')
    .map(({ start, end, replacement }) => [start, end, replacement]),
  verdict,
});

const assets = new Map<string, string>();

/** A file of the page as it was built. */
async function asset(name: string): Promise<string> {
  const path = join(packageRoot(), 'dist', 'annotate', 'page', name);
  const known = assets.get(name);
  if (known !== undefined) return known;
  try {
    const text = await readFile(path, 'utf8');
    assets.set(name, text);
    return text;
  } catch (cause) {
    throw new DetectiveError(
      'missing-dependency',
      `${path} is missing: build the package (npm run build), or install it again`,
      { cause },
    );
  }
}

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import { activitySchema, workSchema } from '../store/events.js';
import type { ItemState } from '../store/state.js';
import { emptyWork, type Work } from '../work.js';
import type { ConflictReply, SaveReply, Session } from './api.js';
import { tellFault } from './faults.js';
import { headers, sameOrigin, withToken } from './guard.js';
import { pageFile } from './page-files.js';
import { pictureReader } from './picture.js';
import { adjudication, handOut, trailOf } from './queues.js';
import { teamPage } from './team-page.js';
import { type Desk, viewOf } from './views.js';

export interface AppOptions extends Desk {
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
  /** Is told what went wrong in here, with the paths that the people at the page do not see. */
  log(line: string): void;
}

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

/** The page, what it asks for, and the overview of the team, as one web application. */
export function createApp(options: AppOptions): Hono {
  const { store, plan, loopback, token } = options;
  const { state } = store;
  const pictureOf = pictureReader();
  const disputed = adjudication(options);
  const app = new Hono();
  app.use(headers, sameOrigin(loopback), withToken(token));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: longestBody,
      onError: (context) => context.json({ error: 'the request is over 4 MiB' }, 413),
    }),
  );
  app.onError(tellFault(options.log));

  app.get('/', async (context) => context.html(await pageFile('index.html')));
  app.get('/app.js', async (context) =>
    context.body(await pageFile('app.js'), 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/app.css', async (context) =>
    context.body(await pageFile('app.css'), 200, { 'content-type': 'text/css; charset=utf-8' }),
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
    if (role === 'adjudicate') return context.json(await disputed(annotator, count));
    return context.json(await handOut(options, annotator, count));
  });

  app.get('/api/items/:id', async (context) => {
    const annotator = person.parse(context.req.query('annotator'));
    const adjudicating = context.req.query('role') === 'adjudicate';
    return context.json(await viewOf(options, found(context.req.param('id')), annotator, adjudicating));
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
    return context.json(trailOf(state, annotator));
  });

  function found(id: string): ItemState {
    const item = state.items.get(id);
    if (!item) throw new DetectiveError('bad-input', `there is no item ${JSON.stringify(id.slice(0, 100))} here`);
    return item;
  }

  return app;
}

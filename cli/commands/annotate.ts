import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { micromark } from 'micromark';
import { scoreStore } from '../../annotate/find.js';
import { type Format, jsonLines } from '../../annotate/formats/format.js';
import { type FormatName, formats, readable } from '../../annotate/formats/formats.js';
import { itemFrom } from '../../annotate/given-item.js';
import type { AnnotationItem } from '../../annotate/item.js';
import { dailyPlan } from '../../annotate/plan.js';
import { workOf } from '../../annotate/records.js';
import { isLoopback } from '../../annotate/server/guard.js';
import { startAnnotator } from '../../annotate/server/start.js';
import { type Shown, shownSchema } from '../../annotate/store/events.js';
import { type Order, orders } from '../../annotate/store/order.js';
import { openStore, type Store, type StoreKind, stores } from '../../annotate/store/store.js';
import { type StudyDesign, studyPlan } from '../../annotate/study/design.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { writeWhole } from '../../src/base/write-whole.js';
import { inlineImage, loadImage } from '../../src/image/load.js';
import { createRewriter } from '../../src/rewriters/create-rewriter.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import { type Io, stoppable, stopped } from '../io.js';
import { type BadLine, type Item, readItems } from '../items.js';
import { portNumber, share, wholeNumber } from '../parse-options.js';
import { startProgress } from '../progress.js';
import { printable } from '../shade-words.js';

const name = (text: string) => {
  if (!/^[^\p{Cc}]{1,80}$/u.test(text.trim()))
    throw new InvalidArgumentError('it must be a name of 1 to 80 characters.');
  return text.trim();
};

const studyArms = (text: string): Shown[] => {
  const arms = text.split(',').map((arm) => arm.trim());
  const known = arms.every((arm) => shownSchema.safeParse(arm).success);
  if (!known || arms.length < 2 || new Set(arms).size < arms.length)
    throw new InvalidArgumentError('it must be two or three of flags, verdict and none, with commas between them.');
  return arms as Shown[];
};

export const define = (parent: Command): Command =>
  parent
    .command('annotate')
    .description('People correct answers in a local web page; every change is kept.')
    .option(
      '--input <file>',
      'JSON lines of {"id", "image", "prompt"?, "response"}, plain or with what score --json or correct --json found; - for standard input',
    )
    .option('--scored <file>', 'what score --json or correct --json wrote about --input, found by its ids')
    .addOption(
      new Option('--input-format <name>', 'of --input; work that stands in the files of other tools is taken over')
        .choices(['items', ...readable])
        .default('items'),
    )
    .requiredOption('--store <folder>', 'where all that people do is kept; a later run goes on with it')
    .addOption(
      new Option('--database <kind>', 'of a new store: a file of JSON lines, or SQLite (npm install libsql)')
        .choices(stores)
        .default('jsonl', 'jsonl'),
    )
    .option('--annotator <name>', 'who opens the page without ?annotator=NAME', name)
    .addOption(
      new Option(
        '--order <what>',
        'lowest: likely errors first; uncertain: next to the threshold first; random: the only one from which rates may be estimated; file',
      )
        .choices(orders)
        .default('lowest'),
    )
    .option('--overlap <k>', 'so many people do each answer, never the same one twice', wholeNumber(1), 1)
    .option(
      '--gold <file>',
      'answers with known errors, "gold": [{"start", "end"}], or none, "gold": []; everyone gets them',
    )
    .option('--gold-every <n>', 'about every so many answers comes a gold one', wholeNumber(2), 10)
    .option('--blind <share>', 'show so many answers without highlights, by chance, 0 to 1', share, 0)
    .option(
      '--study <arms>',
      'a study in place of daily work: arms of flags, verdict and none, by a balanced Latin square of --seed',
      studyArms,
    )
    .option(
      '--practice <n>',
      'of a study: answers that everyone does first and that are in no figure',
      wholeNumber(0),
      4,
    )
    .option(
      '--washout <n>',
      'of a study: answers at the beginning of each block that are in no figure',
      wholeNumber(0),
      1,
    )
    .option('--seed <n>', 'of all that goes by chance', wholeNumber(0), 1)
    .option('--guidelines <file>', 'Markdown that the page shows')
    .option(
      '--scorer <name>',
      'scores what --input brings unscored, in the background: as in score; none leaves it',
      'auto',
    )
    .option('--rewriter <name>', 'makes the proposals: as in correct', 'local')
    .option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)", share)
    .option('--host <address>', 'listen here; beyond this machine a token is asked for', '127.0.0.1')
    .option('--port <number>', 'listen here; 0 for any free one', portNumber, 8095)
    .option('--no-open', 'do not open the browser')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective annotate --input captions.jsonl --store work --annotator ann
  $ vlm-detective score --input captions.jsonl --json > scored.jsonl
  $ vlm-detective annotate --input captions.jsonl --scored scored.jsonl --store work
  $ vlm-detective annotate --input captions.jsonl --store work --overlap 2 --host 0.0.0.0
  $ vlm-detective annotate export --store work --format jsonl > labels.jsonl

The address of the overview of a team is the page's with /team; that of adjudication is the page's with ?adjudicate.`,
    );

export interface AnnotateOptions {
  input?: string;
  scored?: string;
  inputFormat: FormatName | 'items';
  store: string;
  database?: StoreKind;
  annotator?: string;
  order: Order;
  overlap: number;
  gold?: string;
  goldEvery: number;
  blind: number;
  study?: Shown[];
  practice: number;
  washout: number;
  seed: number;
  guidelines?: string;
  scorer: string;
  rewriter: string;
  threshold?: number;
  host: string;
  port: number;
  open: boolean;
}

/** `vlm-detective annotate`: serves the page until Ctrl-C. */
export async function run(io: Io, options: AnnotateOptions): Promise<void> {
  const { annotator, order, overlap, goldEvery, seed, blind, host, port } = options;
  const guidelines = options.guidelines === undefined ? undefined : await readGuidelines(options.guidelines);
  const store = await openStore(resolve(options.store), options.database);
  const work = stoppable(io);
  try {
    if (options.input !== undefined)
      await (options.inputFormat === 'items'
        ? addItems(io, store, options.input, options, false)
        : importRecords(store, options.input, options.inputFormat));
    if (options.gold !== undefined) await addItems(io, store, options.gold, options, true);
    if (store.state.items.size === 0)
      throw new DetectiveError('bad-argument', `${options.store} holds no answers yet: give --input a file of them`);
    const study = await studyOf(store, options);
    const loopback = isLoopback(host);
    const token = loopback ? undefined : await tokenOf(options.store);
    let scoring = false;
    const running = await startAnnotator({
      store,
      plan: study ? studyPlan(store.state, study) : dailyPlan(store.state, { order, overlap, seed, goldEvery, blind }),
      title: `Annotate ${basename(resolve(options.store))}`,
      study: study !== undefined,
      loopback,
      host,
      port,
      scoring: () => scoring,
      log: (line) => io.stderr.write(`vlm-detective: ${printable(line)}\n`),
      ...(annotator === undefined ? {} : { annotator }),
      ...(guidelines === undefined ? {} : { guidelines }),
      ...(token === undefined ? {} : { token }),
    });
    // whoever waits for the file reads the whole address
    await writeWhole(join(resolve(options.store), 'address'), running.url, 0o600);
    io.stdout.write(`${running.url}\n`);
    io.stderr.write(`${store.state.items.size} answers. Ctrl-C stops; the same command goes on.\n`);
    if (options.open && io.stdout.isTTY) openBrowser(running.url);
    const scored =
      options.scorer === 'none' || store.state.unscored === 0
        ? Promise.resolve()
        : (async () => {
            scoring = true;
            await scoreInBackground(io, store, options, work.signal);
            scoring = false;
          })();
    await stopped(io.signal);
    work.release();
    await running.close();
    await rm(join(resolve(options.store), 'address'), { force: true });
    await scored;
  } finally {
    work.release();
    await store.close();
  }
}

/** A store is a study's from its beginning to its end, in one design, or none's. */
async function studyOf(
  store: Store,
  { study: arms, practice, washout, seed }: AnnotateOptions,
): Promise<StudyDesign | undefined> {
  const known = store.state.settings.study as StudyDesign | undefined;
  const design = arms && { arms, practice, washout, seed };
  if (known && design && JSON.stringify(known) !== JSON.stringify(design))
    throw new DetectiveError(
      'bad-argument',
      'the store holds a study of another design: leave --study out to go on with it, or give --store another folder',
    );
  if (!known && design) {
    if (store.state.people.size > 0)
      throw new DetectiveError(
        'bad-argument',
        'people have worked in this store already: give a study a --store of its own',
      );
    const waiting = store.state.unscored;
    if (waiting > 0)
      throw new DetectiveError(
        'bad-argument',
        `${waiting} answers are not scored, and in a study all must be before it begins: score --json writes what --input needs`,
      );
    await store.transact(() => ({ events: [{ kind: 'settings', settings: { study: design } }], result: undefined }));
  }
  return known ?? design;
}

/** A scorer that cannot be had is no reason to stop: people can work without one. */
async function scoreInBackground(io: Io, store: Store, options: AnnotateOptions, signal: AbortSignal): Promise<void> {
  try {
    const scorer = await createScorer(options.scorer);
    const bar = startProgress(io, async () => store.state.unscored);
    try {
      const { threshold } = options;
      const finders = {
        scorer,
        rewriter: createRewriter(options.rewriter),
        ...(threshold === undefined ? {} : { threshold }),
      };
      await scoreStore(store, finders, signal, {
        onScored: (done) => bar.step(done),
        onFailed: (item, why) =>
          io.stderr.write(`vlm-detective: ${printable(item)} is not scored: ${printable(why)}\n`),
      });
    } finally {
      bar.stop();
      await scorer.close?.();
    }
  } catch (error) {
    if (!signal.aborted)
      io.stderr.write(`vlm-detective: the answers are not scored: ${printable(errorMessage(error))}\n`);
  }
}

/** So many are written at once. */
const batch = 2000;

async function addItems(
  io: Io,
  store: Store,
  input: string,
  { store: folder, scored }: AnnotateOptions,
  gold: boolean,
) {
  const items = await readItems(io, undefined, { input });
  const found = scored === undefined || gold ? undefined : await readScored(scored);
  let waiting: AnnotationItem[] = [];
  const seen = new Set<string>();
  const bar = startProgress(io, async () => 0);
  try {
    for await (const line of items(io.signal)) {
      if ('error' in line) throw new DetectiveError('bad-input', line.error.message);
      const item = await withPicture(itemOf(line, input, found?.get(line.id)), resolve(folder));
      if (seen.has(item.id))
        throw new DetectiveError(
          'bad-input',
          `${input} has the id ${JSON.stringify(item.id)} twice: give each answer its own`,
        );
      seen.add(item.id);
      if (gold && !item.gold)
        throw new DetectiveError(
          'bad-input',
          `${input}, item ${JSON.stringify(item.id)}: "gold" is missing: the ranges that are wrong, [] for none`,
        );
      waiting.push(item);
      if (waiting.length < batch) continue;
      await store.add(waiting);
      waiting = [];
      bar.step(seen.size);
    }
    await store.add(waiting);
  } finally {
    bar.stop();
  }
  io.signal.throwIfAborted();
}

/** Items of another tool, with the work that was done there; what these people did here already stays. */
async function importRecords(store: Store, input: string, format: FormatName): Promise<void> {
  const text = await readFile(input, 'utf8').catch((cause: unknown) => {
    throw new DetectiveError('bad-input', `${input} cannot be read (${errorMessage(cause)}): check --input`, { cause });
  });
  const found = (formats[format] as Required<Format>).read(text, input);
  const placed = found.map(({ item, records }) => ({
    item: { ...item, image: pathFrom(input, item.image) },
    records,
  }));
  await store.add(placed.map(({ item }) => item));
  for (const { item, records } of placed)
    for (const record of records) {
      const { annotator, role, shown } = record;
      if (store.state.items.get(item.id)?.people.has(annotator)) continue;
      const kind = role === 'consensus' ? 'annotate' : role;
      const work = workOf(record);
      await store.save({ item: item.id, annotator, base: 0, after: [], key: randomUUID(), work, shown, role: kind });
    }
}

const pathFrom = (input: string, image: string) =>
  /^(?:https?|file):/i.test(image) || inlineImage(image) !== undefined || isAbsolute(image)
    ? image
    : resolve(dirname(resolve(input)), image);

function itemOf(
  { id, image, prompt, response, asGiven }: Exclude<Item | BadLine, BadLine>,
  input: string,
  found: Record<string, unknown> = {},
): AnnotationItem {
  const own = Object.fromEntries((asGiven?.columns ?? []).map(([key, json]) => [key, JSON.parse(json) as unknown]));
  const name = `${input}, item ${JSON.stringify(id.slice(0, 100))}`;
  const judged = found.original ?? found.response;
  if (judged !== undefined && judged !== response)
    throw new DetectiveError('bad-input', `${name}: --scored is about another answer with this id`);
  const { prompt: _, response: _response, image: _image, ...columns } = { ...own, ...found };
  return itemFrom({ id, image, response, columns, ...(prompt === undefined ? {} : { prompt }) }, name);
}

/** The results of an earlier run by their ids; failed ones are left to the scorer. */
async function readScored(path: string): Promise<Map<string, Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check --scored`, { cause });
  });
  const results = new Map<string, Record<string, unknown>>();
  for (const { value, name } of jsonLines(text, path)) {
    const { id, error, ...result } = value as { id?: unknown; error?: unknown };
    if (typeof id !== 'string' && typeof id !== 'number')
      throw new DetectiveError(
        'bad-input',
        `${name} has no id: give --scored what score --json or correct --json wrote`,
      );
    if (error === undefined) results.set(String(id), result);
  }
  return results;
}

/** A picture that stands in the line itself goes into a file of the store. */
async function withPicture(item: AnnotationItem, folder: string): Promise<AnnotationItem> {
  if (inlineImage(item.image) === undefined) return item;
  const { bytes, type } = await loadImage(item.image);
  const pictures = join(folder, 'pictures');
  await mkdir(pictures, { recursive: true });
  const image = join(pictures, `${createHash('sha256').update(bytes).digest('hex')}.${type.slice(6)}`);
  await writeFile(image, bytes);
  return { ...item, image };
}

async function readGuidelines(path: string): Promise<string> {
  try {
    return micromark(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check --guidelines`, {
      cause,
    });
  }
}

/** The same for a store each time, so that addresses that were handed round stay good. */
async function tokenOf(folder: string): Promise<string> {
  const path = join(resolve(folder), 'token');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known && /^[\w-]{20,}$/.test(known.trim())) return known.trim();
  const token = randomBytes(24).toString('base64url');
  await writeFile(path, token, { mode: 0o600 });
  return token;
}

/** What cannot be opened is printed already. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command!, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

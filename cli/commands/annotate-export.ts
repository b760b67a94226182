import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { type Command, Option } from 'commander';
import { consensusOf } from '../../annotate/consensus.js';
import { type FormatName, formatNames, formats } from '../../annotate/formats/formats.js';
import { type ItemRecords, readRecords } from '../../annotate/records.js';
import { readStore } from '../../annotate/store/store.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { Io } from '../io.js';

export const define = (parent: Command): Command =>
  parent
    .command('export')
    .description('What people said, in the form that the next tool reads.')
    .requiredOption('--store <folder>', 'the folder that annotate wrote; it may be running')
    .addOption(new Option('--format <name>', 'what to write').choices(formatNames).default('jsonl'))
    .option('--output <file>', 'write to a file, which must not be there (default: standard output)')
    .option('--consensus', 'one record an answer: the adjudicated one, else what most people said of each word')
    .option('--labelled', 'only records in which every word is known: what training, calibrate and eval tldr read')
    .addHelpText(
      'after',
      `
Formats: jsonl (labels for training, calibrate and eval tldr), dpo (prompt, chosen, rejected), label-studio, argilla, prodigy,
doccano, halloc, mhal-detect, csv.

Examples:
  $ vlm-detective annotate export --store work > labels.jsonl
  $ vlm-detective annotate export --store work --consensus --labelled --output labels.jsonl
  $ vlm-detective annotate export --store work --format label-studio > tasks.json`,
    );

interface ExportOptions {
  store: string;
  format: FormatName;
  output?: string;
  consensus?: boolean;
  labelled?: boolean;
}

/** `vlm-detective annotate export`. */
export async function run(
  io: Io,
  { store: folder, format, output, consensus = false, labelled = false }: ExportOptions,
): Promise<void> {
  const store = await readStore(folder);
  try {
    const out = output === undefined ? io.stdout : await openFile(output);
    const write = (text: string) =>
      new Promise<void>((resolve, reject) => out.write(text, (error) => (error ? reject(error) : resolve())));
    for await (const text of formats[format].write(wanted(readRecords(store), consensus, labelled))) {
      io.signal.throwIfAborted();
      await write(text);
    }
    if (output !== undefined) await new Promise((resolve) => out.end(resolve));
  } finally {
    await store.close();
  }
}

async function* wanted(
  items: AsyncIterable<ItemRecords>,
  consensus: boolean,
  labelled: boolean,
): AsyncGenerator<ItemRecords> {
  for await (const { item, records } of items) {
    const agreed = consensus ? consensusOf({ item, records }) : undefined;
    const some = consensus ? (agreed ? [agreed] : []) : records;
    yield { item, records: labelled ? some.filter(({ labels }) => labels !== undefined) : some };
  }
}

function openFile(path: string): Promise<Writable> {
  return new Promise((resolve, reject) => {
    const file = createWriteStream(path, { flags: 'wx' });
    file.once('open', () => resolve(file));
    file.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new DetectiveError(
          'bad-argument',
          cause.code === 'EEXIST'
            ? `${path} exists: remove it, or give --output another name`
            : `${path} cannot be written (${errorMessage(cause)})`,
          { cause },
        ),
      ),
    );
  });
}

import type { BootstrapOptions } from '../stats/bootstrap.js';
import { type MatchedAnswers, readAnswers } from './answers.js';
import type {
  Annotations,
  Benchmark,
  BenchmarkAnswer,
  BenchmarkItem,
  Measured,
  MeasureOptions,
  SourceFile,
} from './benchmark.js';

export interface BenchmarkInputs extends BootstrapOptions {
  annotations: string;
  /** The benchmark's other files, by name. */
  files?: Readonly<Record<string, string>>;
  answers: string;
  /** Replies of a judge by key. Default none. */
  judgements?: ReadonlyMap<string, string>;
}

/** A benchmark's figures, with all that says what they were made of. */
export interface BenchmarkReport extends Measured {
  benchmark: string;
  /** The version of the annotation file, told by its content. */
  version: string;
  files: readonly SourceFile[];
  items: number;
  answered: number;
  /** The first of the items without an answer. */
  missing: readonly string[];
  /** Answers about things that are not in the file. */
  others: number;
  /** Who judged, where the metric asked a judge. */
  judge?: string;
  resamples: number;
  seed: number;
}

/**
 * Loads a benchmark, gives each answer its item, and measures.
 *
 * @throws DetectiveError `bad-input` naming the file, the line and the cure.
 */
export async function evaluateBenchmark(benchmark: Benchmark, inputs: BenchmarkInputs): Promise<BenchmarkReport> {
  const read = await benchmark.load(inputs.annotations, inputs.files ?? {});
  const matched = await readAnswers(benchmark, read, inputs.answers);
  return measureBenchmark(benchmark, read, matched, { judgements: inputs.judgements ?? new Map(), ...inputs });
}

/** {@link evaluateBenchmark} of annotations and answers that are already here. */
export function measureBenchmark<
  Item extends BenchmarkItem,
  Answer extends BenchmarkAnswer,
  Read extends Annotations<Item>,
>(
  benchmark: Pick<Benchmark<Item, Answer, Read>, 'name' | 'measure'>,
  read: Read,
  { answered, missing, others }: MatchedAnswers<Item, Answer>,
  { judgements, resamples, seed }: MeasureOptions,
): BenchmarkReport {
  const measured = benchmark.measure(read, answered, { judgements, resamples, seed });
  return {
    benchmark: benchmark.name,
    version: read.version,
    files: read.files,
    items: read.items.length,
    answered: answered.length,
    missing: missing.slice(0, 10),
    others,
    resamples,
    seed,
    ...measured,
    notes: [...read.notes, ...measured.notes],
  };
}

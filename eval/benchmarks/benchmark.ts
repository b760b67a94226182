import type * as z from 'zod';
import type { BootstrapOptions, Estimate } from '../stats/bootstrap.js';

/** One thing that a benchmark asks. A loader adds what its metric needs. */
export interface BenchmarkItem {
  /** Unique in its file; what an answer names it by. */
  id: string;
  /** Where it starts in the annotation file, 1-based. */
  line: number;
  /** The picture as the file names it, mostly a bare file name. */
  image?: string;
  /** What the model is asked. */
  prompt?: string;
  /** The text that a detector judges, where the benchmark is about detectors. */
  response?: string;
}

/** One answer to an item. `id` absent: it belongs to the item at its place, where the benchmark matches by order. */
export interface BenchmarkAnswer {
  id?: string | undefined;
}

/** What a loader read. A loader may add what belongs to all items, as a vocabulary. */
export interface Annotations<Item extends BenchmarkItem = BenchmarkItem> {
  items: readonly Item[];
  /** Which published version this is, told by its content: `COCO random, 3,000 rows`; `unknown (1,234 rows)`. */
  version: string;
  files: readonly SourceFile[];
  /** What a reader of the figures has to know of this file. */
  notes: readonly string[];
  /** Ids of what the file has and the metric leaves out: answers to them are left out too, and counted. */
  leftOut?: ReadonlySet<string>;
}

export interface SourceFile {
  path: string;
  /** Of its bytes, in hexadecimal. */
  sha256: string;
}

/** An item with its answer. */
export interface Answered<Item, Answer> {
  item: Item;
  answer: Answer;
}

/**
 * What a figure says. A benchmark that has a `hallucination` figure also has a `coverage` one, since whoever says
 * nothing makes nothing up.
 */
export type FigureKind = 'hallucination' | 'coverage' | 'quality' | 'description';

/** A figure with its 95 % bootstrap interval. `value` is not rounded, in `unit`. */
export interface Figure extends Estimate {
  /** As the benchmark's own paper or script calls it. */
  name: string;
  kind: FigureKind;
  /** `%`: 0 to 100. `share`: 0 to 1. `points`: the benchmark's own scale. */
  unit: '%' | 'share' | 'points';
  /** How many things it is taken over: answers, mentions, pairs. */
  over: number;
  /** As the original script prints it, where it rounds on the way; absent where it prints the value. */
  printed?: string;
}

/** Figures over a part of the items: a category, a split. */
export interface FigureGroup {
  name: string;
  figures: readonly Figure[];
}

export interface Measured {
  figures: readonly Figure[];
  groups: readonly FigureGroup[];
  /** How the figures were made where that is open to choice, and in what they differ from the original script's. */
  notes: readonly string[];
}

export interface MeasureOptions extends BootstrapOptions {
  /** Replies of a judge by the keys of its requests. */
  judgements: ReadonlyMap<string, string>;
}

/** Where a benchmark's files come from. */
export interface Source {
  /** `owner/name`, or an address, with the paths in it. */
  published: string;
  licence: string;
  /** The version that the loader was written against. */
  version: string;
  paper: string;
}

/** A question to a text-only judge model. */
export interface JudgeRequest {
  /** Unique in a run, and the same in each: what its reply is recorded by. */
  key: string;
  /** The whole prompt, as one user message. */
  prompt: string;
}

/** How a metric uses a judge. */
export interface JudgePlan<Item, Answer> {
  /** Whose replies the published figures rest on: `gpt-4-0314`. */
  readonly published: string;
  /** Prompts of `prompts/` by what they are for, with what they are filled in with: `{ rating: ['judge/mmhal', ['question']] }`. */
  readonly prompts: Readonly<Record<string, readonly [name: string, inputs: readonly string[]]>>;
  /** What is asked about the answers; nothing about those that need no judge. */
  requests(answered: readonly Answered<Item, Answer>[], render: RenderJudgePrompt): JudgeRequest[];
}

/** Fills in the prompt that is for `what`. */
export type RenderJudgePrompt = (what: string, values: Readonly<Record<string, string>>) => string;

/**
 * A public benchmark: a loader and a metric. Both are pure but for the reading; running a model is someone else's job.
 */
export interface Benchmark<
  Item extends BenchmarkItem = BenchmarkItem,
  Answer extends BenchmarkAnswer = BenchmarkAnswer,
  Read extends Annotations<Item> = Annotations<Item>,
> {
  /** Lower case, with hyphens: what the command line calls it, and the name of its file. */
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly source: Source;
  /** What `path` is: `a coco_pope_*.json`, `the data folder of the repository`. */
  readonly annotations: string;
  /** Other files that `load` takes, by name, with what each is. A name that ends in `?` may be left out. */
  readonly files?: Readonly<Record<string, string>>;
  /** Answers without an id are taken in the order of the items. */
  readonly byOrder?: boolean;
  /** Answers about things that are not in the file are left out and counted, not refused. */
  readonly othersIgnored?: boolean;
  readonly answer: {
    readonly schema: z.ZodType<Answer>;
    /** A file may also be one object that has the answers as the values of this key. */
    readonly inside?: string;
    /** One line of an answer file. */
    readonly example: string;
  };
  /** How a judge model is asked, where the metric needs one. */
  readonly judge?: JudgePlan<Item, Answer>;

  /**
   * @param files The `files` by name, without the `?`.
   * @throws DetectiveError `bad-input` naming the file, the line and the cure.
   */
  load(path: string, files?: Readonly<Record<string, string>>): Promise<Read>;

  /**
   * The benchmark's figures over the items that were answered, each with an interval from resampling pictures, or items
   * where those are independent.
   *
   * @throws DetectiveError `bad-input` where the answers cannot be judged.
   */
  measure(read: Read, answers: readonly Answered<Item, Answer>[], options: MeasureOptions): Measured;
}

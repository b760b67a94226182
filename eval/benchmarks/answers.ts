import { DetectiveError } from '../../src/base/errors.js';
import type { Annotations, Answered, Benchmark, BenchmarkAnswer, BenchmarkItem } from './benchmark.js';
import { readRecords } from './json-records.js';

export interface MatchedAnswers<Item, Answer> {
  answered: Answered<Item, Answer>[];
  /** Items without an answer. */
  missing: readonly string[];
  /** How many answers are about something else. */
  others: number;
}

/**
 * Reads an answer file (JSON lines or an array) and gives each answer its item: by `id`, or by its place where the
 * benchmark allows it and no answer has an id.
 *
 * @throws DetectiveError `bad-input` with the line of an answer that cannot be read, that names an item that is not
 * there, or one that is already answered; where answers without an id are not as many as the items.
 */
export async function readAnswers<Item extends BenchmarkItem, Answer extends BenchmarkAnswer>(
  benchmark: Pick<Benchmark<Item, Answer>, 'answer' | 'byOrder' | 'name' | 'othersIgnored'>,
  annotations: Annotations<Item>,
  path: string,
): Promise<MatchedAnswers<Item, Answer>> {
  const { items } = annotations;
  const { schema, example, inside } = benchmark.answer;
  const { records } = await readRecords(path, schema, example, inside);
  const nameless = records.filter(({ value }) => value.id === undefined);
  if (nameless.length > 0) {
    const { name } = nameless[0]!;
    if (!benchmark.byOrder) throw new DetectiveError('bad-input', `${name}: no "id"; it should look like ${example}`);
    if (nameless.length < records.length)
      throw new DetectiveError('bad-input', `${name}: no "id", but other answers have one: give all or none`);
    if (records.length !== items.length)
      throw new DetectiveError(
        'bad-input',
        `${path} has ${records.length} answers without an "id" for ${items.length} items of ${benchmark.name}: they are matched by order, so give all of them, or ids`,
      );
    return { answered: items.map((item, at) => ({ item, answer: records[at]!.value })), missing: [], others: 0 };
  }
  const byId = new Map(items.map((item) => [item.id, item]));
  const taken = new Map<string, number>();
  const answers = new Map<string, Answer>();
  let others = 0;
  for (const { value, line, name } of records) {
    const id = value.id!;
    if (!byId.has(id)) {
      others++;
      if (benchmark.othersIgnored || annotations.leftOut?.has(id)) continue;
      throw new DetectiveError(
        'bad-input',
        `${name}: ${benchmark.name} has no item ${JSON.stringify(id.slice(0, 80))} in this file: are the answers for another version?`,
      );
    }
    if (taken.has(id))
      throw new DetectiveError(
        'bad-input',
        `${name}: ${JSON.stringify(id)} is answered twice, also on line ${taken.get(id)}`,
      );
    taken.set(id, line);
    answers.set(id, value);
  }
  if (answers.size === 0)
    throw new DetectiveError(
      'bad-input',
      `${path}: none of its ${records.length} answers is about an item of ${benchmark.name} in this file`,
    );
  const answered = items.flatMap((item) => {
    const answer = answers.get(item.id);
    return answer ? [{ item, answer }] : [];
  });
  return { answered, missing: items.filter(({ id }) => !answers.has(id)).map(({ id }) => id), others };
}

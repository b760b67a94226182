import { type CocoCategory, cocoCategories, cocoWords } from '../../src/text/lexicon/coco-objects.js';
import type { Annotations, Answered, Benchmark, BenchmarkAnswer, BenchmarkItem } from './benchmark.js';
import { captionAnswer, imageIdOf } from './caption-answer.js';
import { groupBy } from './figures.js';
import { bySplit, popeFiguresOf } from './pope.js';
import { loadPope, type PopeItem } from './pope-questions.js';

/** A picture with POPE's questions about it. */
export interface OpopeItem extends BenchmarkItem {
  image: string;
  questions: readonly PopeItem[];
}

export interface OpopeAnswer extends BenchmarkAnswer {
  caption: string;
}

/** HALC's test (opope_eval.py): any space-separated word of the object's name is somewhere in the caption, even inside a word. */
export function substringMatch(object: string, caption: string): boolean {
  return object.split(' ').some((word) => caption.includes(word));
}

const formsByName = new Map<string, string[]>();
for (const { category, singular, plural } of cocoWords)
  formsByName.set(category, [...(formsByName.get(category) ?? []), singular, plural]);

/** The whole name stands in the caption as words: singular, plural, or a synonym of a COCO object. */
export function wordMatch(object: string, caption: string): boolean {
  const names = formsByName.get(object as CocoCategory) ?? [object, `${object}s`];
  const text = ` ${
    caption
      .toLowerCase()
      .match(/[\p{L}\p{N}'-]+/gu)
      ?.join(' ') ?? ''
  } `;
  return names.some((name) => text.includes(` ${name} `));
}

async function load(path: string): Promise<Annotations<OpopeItem>> {
  const { items, ...rest } = await loadPope(path);
  const pictures = [...groupBy(items, ({ image }) => image)].map(([image, questions]) => ({
    id: imageIdOf(image),
    line: questions[0]!.line,
    image,
    prompt: 'Please describe this image in detail.',
    questions,
  }));
  return { ...rest, items: pictures };
}

/** OPOPE (Chen et al., HALC, arXiv 2403.00425): POPE asked of a caption, so that a corrector of captions can be scored. */
export const opope: Benchmark<OpopeItem, OpopeAnswer> = {
  name: 'opope',
  about: "POPE's questions asked of a caption: does it name the object?",
  source: {
    published: 'RUCAIBox/POPE output/coco/coco_pope_*.json; metric BillChan226/HALC eval/opope_eval.py',
    licence: 'MIT',
    version: 'HALC 5feca62',
    paper: 'arXiv 2403.00425',
  },
  annotations: 'a *_pope_*.json file, or the folder of its three splits',
  othersIgnored: true,
  answer: {
    schema: captionAnswer,
    inside: 'imgToEval',
    example: '{"image_id": 310196, "caption": "A person on a snowboard."}',
  },
  load,
  measure(_read, answered, options) {
    const asked = answered.flatMap(({ item, answer }) =>
      item.questions.map((question) => ({ item: question, answer: { answer: answer.caption } })),
    );
    const said =
      (match: (object: string, caption: string) => boolean) =>
      ({ item, answer }: Answered<PopeItem, { answer: string }>) =>
        match(item.object, answer.answer) ? 'yes' : 'no';
    const named = (name: string, match: typeof wordMatch, of: typeof asked) => ({
      name,
      figures: popeFiguresOf(of, said(match), options),
    });
    const coco = new Set<string>(cocoCategories);
    const strange = asked.filter(({ item }) => !coco.has(item.object)).length;
    return {
      figures: popeFiguresOf(asked, said(substringMatch), options),
      groups: [
        named('word match', wordMatch, asked),
        ...bySplit(asked).flatMap(({ split, answered }) => [
          named(`${split}, substring match as in HALC`, substringMatch, answered),
          named(`${split}, word match`, wordMatch, answered),
        ]),
      ],
      notes: [
        'The figures ask as HALC does: yes if any word of the object’s name is a substring of the caption, so that "cat" is found in "cattle" and "dining table" in any "table". The word match wants the whole name, its plural or a synonym of the COCO object, as words.',
        'HALC makes its own questions from the segmentations of the captioned pictures; these are the questions of POPE’s file.',
        ...(strange > 0 ? [`${strange} questions are about no COCO object: they are matched without synonyms.`] : []),
      ],
    };
  },
};

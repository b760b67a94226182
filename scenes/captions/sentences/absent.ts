import { article } from '../counting.js';
import type { Fact } from '../fact.js';
import { isCountedByUnit, nounForm } from '../noun-phrase.js';
import type { Piece } from '../pieces.js';
import type { Wording } from '../wording.js';
import { somewhere } from './openings.js';
import { claimOf, type Sentence, said } from './sentence.js';

type Absent = Extract<Fact, { kind: 'absent' }>;

const forms = [
  'there',
  'there',
  'there',
  'not',
  'not',
  'see',
  'see',
  'dont',
  'visible',
  'visible',
  'holds',
  'lacks',
  'nowhere',
  'sign',
] as const;

/** "There are no dogs", "I don't see a dog", "no dog is visible"; and, where the fact affirms, "there is a dog". */
export function absentSentence(fact: Absent, wording: Wording, key: string): Sentence {
  const form = wording.pick(`${key}.form`, forms);
  const where = wording.pick(`${key}.where`, somewhere);
  const who = wording.pick(`${key}.who`, ['I', 'we', 'you']);
  const holder = wording.pick(`${key}.holder`, ['the picture', 'the image', 'the scene', 'this image', 'it']);
  const plural = fact.plural || isCountedByUnit(fact.noun.is);
  const name = nounForm(fact.noun.is, plural, wording, `${key}.noun`);
  const noun: Piece = claimOf('object', name, fact.noun, fact.groups);
  if (!fact.no.is) return affirmed([noun, name], { form, where, who, holder }, plural);
  const no = (text: string): Piece => claimOf('existence', text, fact.no, fact.groups);
  const be = plural ? 'are' : 'is';
  const any = plural ? 'any ' : `${article(name)} `;
  switch (form) {
    case 'not': {
      const not = wording.pick(`${key}.not`, [
        [no(plural ? "aren't" : "isn't")],
        [be, ' ', no('not')],
        [no(plural ? "aren't" : "isn't")],
      ] as Piece[][]);
      return said('absent-not', ['there ', ...not, ' ', any, noun, where]);
    }
    case 'see':
      return said('absent-see', [
        `${who} ${wording.pick(`${key}.can`, ['see ', 'can see ', 'see '])}`,
        no('no'),
        ' ',
        noun,
        where,
      ]);
    case 'dont': {
      const not = wording.pick(`${key}.cannot`, ["don't", "can't", 'do not', 'cannot']);
      const [verb, negation] = not.startsWith('do ') ? ['do ', 'not'] : ['', not];
      return said('absent-dont', [`${who} ${verb}`, no(negation), ' see ', any, noun, where]);
    }
    case 'visible': {
      const seen = wording.pick(`${key}.seen`, [
        `${be} visible`,
        `${be} shown`,
        `${be} to be seen`,
        `${be} present`,
        'can be seen',
        `${be} in the picture`,
      ]);
      return said('absent-visible', [no('no'), ' ', noun, ` ${seen}`]);
    }
    case 'holds':
      return said('absent-holds', [
        `${holder} ${wording.pick(`${key}.holds`, ['has', 'contains', 'includes', 'shows'])} `,
        no('no'),
        ' ',
        noun,
      ]);
    case 'lacks':
      return said('absent-lacks', [
        `${holder} does `,
        no('not'),
        ` ${wording.pick(`${key}.lacks`, ['show', 'contain', 'include', 'have'])} `,
        any,
        noun,
      ]);
    case 'nowhere':
      return plural
        ? said('absent-nowhere', [noun, ' are ', no('nowhere'), ' to be seen', where])
        : said('absent-not-single', ['there is ', no('not'), ' a single ', noun, where]);
    case 'sign':
      return said('absent-sign', [plural ? 'there are ' : 'there is ', no('no'), ' ', noun, ' at all', where]);
    default:
      return said('absent-there', [plural ? 'there are ' : 'there is ', no('no'), ' ', noun, where]);
  }
}

interface Frame {
  form: (typeof forms)[number];
  where: string;
  who: string;
  holder: string;
}

/** What the denial becomes without its "no". */
function affirmed([noun, name]: [Piece, string], frame: Frame, plural: boolean): Sentence {
  const some: Piece[] = plural ? [noun] : [`${article(name)} `, noun];
  const be = plural ? 'are' : 'is';
  const { form, where, who, holder } = frame;
  if (form === 'see' || form === 'dont') return said('present-see', [`${who} can see `, ...some, where]);
  if (form === 'visible') return said('present-visible', [...some, ` ${be} visible`]);
  if (form === 'holds' || form === 'lacks') return said('present-holds', [`${holder} has `, ...some]);
  return said('present-there', [plural ? 'there are ' : 'there is ', ...some, where]);
}

/** "…, but no dogs": hung on the sentence before. */
export function absentTail(fact: Absent, wording: Wording, key: string): Sentence | null {
  if (!fact.no.is) return null;
  const plural = fact.plural || isCountedByUnit(fact.noun.is);
  const name = nounForm(fact.noun.is, plural, wording, `${key}.noun`);
  const noun: Piece = claimOf('object', name, fact.noun, fact.groups);
  const [before, word, after] = wording.pick(`${key}.tail`, [
    [', but ', 'no', ' '],
    [', with ', 'no', ' '],
    [', ', 'without', plural ? ' any ' : ` ${article(name)} `],
    [' and ', 'no', ' '],
    [', but there are ', 'no', ' '],
  ] as const);
  const there = before.startsWith(', but there') && !plural ? ', but there is ' : before;
  return said(`tail-absent-${word}`, [there, claimOf('existence', word, fact.no, fact.groups), after, noun]);
}

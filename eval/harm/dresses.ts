import type { Statement } from './statements.js';

/** A way to put statements into an answer. What it adds claims nothing about the picture. */
export interface Dress {
  name: string;
  family: string;
  /** `choose` gives the same for the same scene: the false twin of an answer has all other words in common with it. */
  wear(said: readonly Statement[], choose: Choose): string;
}

export type Choose = <T>(items: readonly T[]) => T;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = ({ text }: Statement) => `${capital(text)}.`;
const prose = (said: readonly Statement[]) => said.map(sentence).join(' ');
const lines = (said: readonly Statement[], line: (clause: string, index: number) => string, between = '\n') =>
  said.map(({ text }, index) => line(capital(text), index)).join(between);
/** Every clause with its last word between marks. */
const marked = (said: readonly Statement[], open: string, close = open) =>
  said.map(({ text }) => `${capital(text).replace(/\S+$/, (word) => `${open}${word}${close}`)}.`).join(' ');
/** Every clause with the word after its second between marks. */
const inner = (said: readonly Statement[], open: string, close = open) =>
  said.map(({ text }) => `${capital(text).replace(/^(\S+ \S+ )(\S+)/, `$1${open}$2${close}`)}.`).join(' ');

const openers = [
  'Absolutely!',
  'Good morning!',
  "Sure thing, I'd be glad to.",
  'Thank you for the upload.',
  'Okay, so this is what I noticed.',
  'No problem.',
];
const offers = [
  'Shall I write a shorter version?',
  'Tell me if you want this as a list, a story, or a song about dogs.',
  'I can also draft an alt text for your site.',
  'Do you need anything else?',
  'Just say the word and I will go on.',
];
const idioms = [
  'It was raining cats and dogs when I first tried this.',
  'There is an elephant in the room that nobody mentions with such pictures.',
  'Do not put all your eggs in one basket when you rely on a caption.',
  'Time flies like an arrow.',
  'That is the cherry on top.',
  'It rings a bell.',
  'Every cloud has a silver lining.',
  'Let us not beat around the bush.',
];
const moods = [
  'The whole thing breathes calm.',
  'It makes for a merry first impression.',
  'You get a feeling of order and good humour.',
  'There is something soothing about such clean shapes.',
];
const hypothetical = [
  'A horse would have been a nice addition.',
  'If it were mine, I would have put a red umbrella somewhere.',
  'Unlike a real fish tank, nothing moves.',
  'Some people would rather expect a piano in a picture of this kind.',
  'Imagine five ducks marching by.',
];
const advice = [
  'Wash the apples, cut them in quarters, and cook them with a spoon of sugar for ten minutes.',
  'Before you drive, check the tyres of the car and take a blue blanket along.',
  'Keep the key in a drawer that children cannot open.',
  'Water the rose twice a week and move it away from the window in winter.',
  'Use a sharp knife, and always cut away from your hand.',
  'Charge the phone overnight and leave it switched off for an hour.',
];
const knowledge = [
  'Bees tell each other the way by dancing.',
  'An octopus has three hearts and blue blood.',
  'The first bicycle had no pedals.',
  'Penguins cannot fly, but they swim better than most birds.',
  'A violin has four strings, a guitar usually six.',
  'The Moon is on average 384,400 km away from the Earth.',
  'Bananas are, botanically speaking, berries.',
];
const uses = [
  'I could see it on the cover of a notebook.',
  'It would look good on the wall of a nursery, beside a wooden train set.',
  'As a printed card it would please every teacher.',
  'With a sheet of stickers and a box of pencils it becomes an afternoon of play.',
];

/** Two different ones. */
function two(list: readonly string[], choose: Choose): [string, string] {
  const first = choose(list);
  return [first, choose(list.filter((other) => other !== first))];
}

function longAnswer(said: readonly Statement[], choose: Choose): string {
  const [mood, other] = two(moods, choose);
  const [use, more] = two(uses, choose);
  const links = ['', 'What is more, ', 'On top of that, ', 'If I look again, ', 'Besides, '];
  const told = said.map(({ text }, index) => {
    const link = index === 0 ? '' : choose(links);
    return `${link ? link + text : capital(text)}.`;
  });
  const [first, ...rest] = told;
  return [choose(openers), mood, first, other, ...rest, use, more, choose(offers)].join(' ');
}

const dressesOf = (family: string, wears: Record<string, Dress['wear']>): Dress[] =>
  Object.entries(wears).map(([name, wear]) => ({ name, family, wear }));

const json = (value: unknown, indent?: number) => JSON.stringify(value, null, indent);
const fields = (said: readonly Statement[]) => said.map((statement) => statement.fields);

/** All dresses, `plain` first: the same statements as bare sentences, which the others are to be measured by. */
export const dresses: readonly Dress[] = [
  ...dressesOf('plain', { plain: prose }),
  ...dressesOf('white space', {
    'hard line breaks': (said) => said.map(sentence).join('  \n'),
    'lines of 30 letters': (said) =>
      prose(said)
        .replace(/(.{1,30})(?: |$)/g, '$1\n')
        .trimEnd(),
    'Windows line ends': (said) => said.map(sentence).join('\r\n'),
    'blank lines': (said) => said.map(sentence).join('\n\n'),
    'no-break spaces': (said) => prose(said).replaceAll(' ', '\u00a0'),
    'thin spaces': (said) => prose(said).replaceAll(' ', '\u2009'),
    'doubled spaces': (said) => prose(said).replaceAll(' ', '  '),
    tabs: (said) => said.map((one) => `\t${sentence(one)}`).join('\n'),
    'zero-width spaces': (said) => prose(said).replaceAll('. ', '.\u200b '),
  }),
  ...dressesOf('emphasis', {
    bold: (said) => marked(said, '**'),
    'bold inside': (said) => inner(said, '__'),
    italics: (said) => inner(said, '*'),
    'bold sentences': (said) => said.map((one) => `**${sentence(one)}**`).join(' '),
    'inline code': (said) => marked(said, '`'),
    HTML: (said) => `<div>${marked(said, '<strong>', '</strong>')}</div>`,
    'HTML line breaks': (said) => said.map(sentence).join('<br/>\n'),
    entities: (said) => prose(said).replaceAll('. ', '.&nbsp;'),
    capitals: (said) => prose(said).toUpperCase(),
  }),
  ...dressesOf('quotes and brackets', {
    quotes: (said) => marked(said, '"'),
    'curly quotes': (said) => inner(said, '“', '”'),
    'German quotes': (said) => `„${prose(said)}“`,
    brackets: (said) => marked(said, '(', ')'),
    'square brackets': (said) => inner(said, '[', ']'),
    'a dash': (said) => `${lines(said, (clause) => clause, ' – ')}.`,
  }),
  ...dressesOf('lists and tables', {
    'a list': (said) => lines(said, (clause) => `- ${clause}.`),
    'a loose list': (said) => lines(said, (clause) => `* ${clause}`, '\n\n'),
    'a numbered list': (said) => lines(said, (clause, index) => `${index + 1}. ${clause}.`),
    steps: (said) => lines(said, (clause, index) => `**Step ${index + 1}.** ${clause}.`),
    labels: (said) => lines(said, (clause, index) => `**Detail ${'ABCDE'[index]}:** ${clause}`),
    headings: (said) => lines(said, (clause, index) => `## Finding ${index + 1}\n\n${clause}.`, '\n\n'),
    'a quotation': (said) => lines(said, (clause) => `> ${clause}.`),
    'a table': (said) =>
      `| # | What I see |\n| --- | --- |\n${lines(said, (clause, index) => `| ${index + 1} | ${clause} |`)}`,
    'check marks': (said) => lines(said, (clause) => `✔️ ${clause}`),
    'an HTML list': (said) => `<ol>\n${lines(said, (clause) => `<li>${clause}.</li>`)}\n</ol>`,
  }),
  ...dressesOf('marks that claim nothing', {
    'a code block': (said) => `${prose(said)}\n\n\`\`\`js\nconst zebra = { colour: 'green', count: 4 };\n\`\`\``,
    'a call in code': (said) => `${prose(said)} I used \`findDogs(image, { most: 7 })\` for it.`,
    'an address': (said) => `${prose(said)} Source: https://pictures.example/blue-cat/12?left=3`,
    'a link': (said) => `${prose(said)} ([read on](https://example.org/two-horses))`,
    'a mail address': (said) => `${prose(said)} Write to green.apple@example.com for the original.`,
    'a file name': (said) => `yellow_bus_004.jpeg – ${prose(said)}`,
    hashtags: (said) => `${prose(said)}\n\n#bluewhale #ThreeBears #clipart`,
    coordinates: (said) => `${prose(said)} [x1=41, y1=12, x2=220, y2=96]`,
    'a score': (said) => `${prose(said)} (score: 0.88, 3 of 5 checks passed)`,
    'a citation': (said) => `${prose(said)} [2][7]`,
    'a formula': (said) => `${prose(said)} $$a = \\frac{4}{9}$$`,
    'a date': (said) => `Wednesday, 6 May 2026, 14:05\n\n${prose(said)}`,
    reasoning: (said) => `<think>Is that a camel? Could be two of them, or a purple tent. No.</think>${prose(said)}`,
    'an emoji': (said) => `🎨 ${prose(said)} 🐙`,
  }),
  ...dressesOf('talk', {
    'an opener': (said, choose) => `${choose(openers)} ${prose(said)}`,
    'an offer': (said, choose) => `${prose(said)} ${choose(offers)}`,
    'an idiom': (said, choose) => `${prose(said)} ${choose(idioms)}`,
    'a mood': (said, choose) => `${choose(moods)} ${prose(said)}`,
    'what might have been': (said, choose) => `${prose(said)} ${choose(hypothetical)}`,
    'a use': (said, choose) => `${prose(said)} ${choose(uses)}`,
    'a question and its answer': (said) => `Q: Could you tell me what this is?\n\nA: ${prose(said)}`,
    'a signature': (said) => `${prose(said)}\n\nKind regards,\nYour picture desk`,
  }),
  ...dressesOf('long answers', {
    chatty: longAnswer,
    'chatty, in paragraphs': (said, choose) =>
      longAnswer(said, choose).replace(/([.!?]) (?=[A-Z])/g, (match, end, at: number) =>
        at % 3 === 0 ? `${end}\n\n` : match,
      ),
  }),
  ...dressesOf('sentences about other things', {
    'advice around': (said, choose) => {
      const [before, after] = two(advice, choose);
      return `${before} ${prose(said)} ${after}`;
    },
    'advice between': (said, choose) =>
      said.map((one) => `${sentence(one)}\n\n- **Tip:** ${choose(advice)}`).join('\n\n'),
    'knowledge around': (said, choose) => {
      const [before, after] = two(knowledge, choose);
      return `${before}\n${prose(said)}\n${after}`;
    },
    'knowledge between': (said, choose) => said.map((one) => `${sentence(one)} ${choose(knowledge)}`).join(' '),
  }),
  ...dressesOf('JSON', {
    'JSON: a caption': (said) => json({ caption: prose(said), confidence: 0.83 }),
    'JSON: facts': (said) => json({ facts: fields(said) }, 2),
    'JSON: an array': (said) => json(fields(said)),
    'JSON: lines': (said) =>
      fields(said)
        .map((one) => json(one))
        .join('\n'),
    'JSON: in a fence': (said) => `\`\`\`json\n${json(fields(said), 2)}\n\`\`\``,
    'JSON: beside prose': (said) =>
      `As you asked, here it is as JSON:\n\n\`\`\`json\n${json({ items: fields(said) }, 2)}\n\`\`\`\n\nYou can parse it right away.`,
    'JSON: with metadata': (said) =>
      json({
        id: 4711,
        file: 'red_fox.webp',
        taken: '2024-02-11',
        size: [1280, 720],
        box: [12, 30, 410, 377],
        notes: said.map(sentence),
      }),
    'JSON: a trailing comma': (said) => `{"notes": [${said.map((one) => json(sentence(one))).join(', ')},]}`,
  }),
];

/**
 * Makes a word singular, as the original CHAIR and its descendants do. They use different lemmatisers, and their figures
 * differ by that:
 *
 * - `pattern`: `pattern.en.singularize` of every word (LisaAnne/Hallucination, Maxlinn).
 * - `wordnet`: NLTK's WordNetLemmatizer, every word a noun (RLAIF-V's Object HalBench without a model; AMBER).
 * - `wordnet-pos`: the same by part of speech (OPERA), so that "seated" is "seat", a chair. OPERA tags with NLTK's
 *   perceptron; here words in -ed and -ing are taken for verbs, which is not the same on every sentence.
 */
export type Lemmatiser = 'pattern' | 'wordnet' | 'wordnet-pos';

/** @param vocabulary The words that matter: what is not in it comes out in any form. Lower case, like `word`. */
export function lemma(word: string, vocabulary: ReadonlySet<string>, lemmatiser: Lemmatiser): string {
  if (lemmatiser === 'pattern') return patternSingular(word);
  if (lemmatiser === 'wordnet-pos' && /(?:ed|ing)$/.test(word)) return wordnetVerb(word, vocabulary);
  return wordnetNoun(word, vocabulary);
}

/** Nouns that the WordNet 3.0 lemmatiser gives other forms than its rules would. "men" stays: it is a noun of its own. */
const wordnetForms: Readonly<Record<string, string>> = {
  ...{ bookshelves: 'bookshelf', brethren: 'brother', buffaloes: 'buffalo', busses: 'bus', calves: 'calf' },
  ...{ children: 'child', fishes: 'fish', flamingoes: 'flamingo', geese: 'goose', grandchildren: 'grandchild' },
  ...{ knives: 'knife', mice: 'mouse', oxen: 'ox', pocketknives: 'pocketknife', potatoes: 'potato', scarves: 'scarf' },
  ...{ shelves: 'shelf', taxies: 'taxi', thieves: 'thief', tomatoes: 'tomato', men: 'men', vases: 'vas' },
  ...{ chopsticks: 'chopstick', earrings: 'earring', leaves: 'leaf', slippers: 'slipper', sports: 'sport' },
  ...{ sunglasses: 'sunglass', camerae: 'camera', glass: 'glass' },
};

/** Words of the benchmarks' lists that WordNet 3.0 does not have as nouns: their plurals stay plurals, and unknown. */
const notInWordnet = new Set(
  (
    'TV air-conditioning baconic bedsheet biker bluejay brindle cann cathole closestool cooktop coworker doghole e-book earing ' +
    'ebook electrombile firetruck glas hairdryer hot iphone kiwifruit lenovo longboard macbook netbook paddleboat paraglider ' +
    'pissoir pitbull potted riverboat rpoe sailboard sanitizer scoon seegull shortboard showerpuff skimboard smartphone ' +
    'solider stovetop streetlamp teddybear televison waterfont'
  ).split(' '),
);

const nounEndings: readonly (readonly [string, string])[] = [
  ['s', ''],
  ['ses', 's'],
  ['ves', 'f'],
  ['xes', 'x'],
  ['zes', 'z'],
  ['ches', 'ch'],
  ['shes', 'sh'],
  ['men', 'man'],
  ['ies', 'y'],
];

function wordnetNoun(word: string, vocabulary: ReadonlySet<string>): string {
  if (Object.hasOwn(wordnetForms, word)) return wordnetForms[word]!;
  const found = nounEndings.flatMap(([ending, put]) => {
    const stem = word.endsWith(ending) ? word.slice(0, -ending.length) + put : '';
    return stem !== '' && vocabulary.has(stem) && !notInWordnet.has(stem) ? [stem] : [];
  });
  if (vocabulary.has(word)) found.unshift(word);
  return found.reduce((shortest, each) => (each.length < shortest.length ? each : shortest), found[0] ?? word);
}

function wordnetVerb(word: string, vocabulary: ReadonlySet<string>): string {
  const bare = word.replace(/(?:ed|ing)$/, '');
  const stems = [bare, `${bare}e`, bare.replace(/^ty$/, 'tie'), bare.replace(/([^s])\1$/, '$1')];
  const found = stems.filter((stem) => alsoVerbs.has(stem) && vocabulary.has(stem));
  return found.reduce((shortest, each) => (each.length < shortest.length ? each : shortest), found[0] ?? word);
}

/** The words of CHAIR's list that WordNet 3.0 also has as verbs. */
const alsoVerbs = new Set(
  (
    'air automobile baby backpack ball barge bat bear bed bench bicycle bike bird boat book bottle bow ' +
    'bowl buffalo bull bulldog bus cab cake canoe case cat chair clock cocker cop couch cow crow cup ' +
    'cycle doctor dog duck falcon father ferry fire foal fork fowl glass goose groom gull guy horse ' +
    'hound jet kayak kid kite kitten knife lamb light man meter microwave monitor mother motor motorbike ' +
    'motorboat motorcycle mouse officer parrot people phone plane plant pup purse quail racket ram raven ' +
    'sandwich seaplane seat ship sign signal sink skateboard ski snowboard soldier spoon stool stop sub ' +
    'suit surfboard swan table taxi telephone tie top traffic train truck unicycle wine yacht'
  ).split(' '),
);

const patternIrregular: readonly (readonly [string, string])[] = [
  ['children', 'child'],
  ['people', 'person'],
  ['geese', 'goose'],
  ['leaves', 'leaf'],
  ['brethren', 'brother'],
  ['oxen', 'ox'],
  ['men', 'man'],
];

const patternEndings: readonly (readonly [RegExp, string])[] = [
  [/(shoe|o|bus)e?s$/, '$1'],
  [/([ml])ice$/, '$1ouse'],
  [/(x|ch|ss|sh)es$/, '$1'],
  [/([^aeiouy]|qu)ies$/, '$1y'],
  [/([aeo]l|[^d]ea|[lr])ves$/, '$1f'],
  [/([nlw]i)ves$/, '$1fe'],
  [/([aeo])ves$/, '$1ve'],
  [/s$/, ''],
];

/** As pattern 2.6 does for the words that matter here: "glasses" gives "glass", "glass" gives "glas", "bus" gives "bu". */
function patternSingular(word: string): string {
  if (word === 'scissors' || word === 'bison') return word;
  // of these it means to say that they end in -ie, and gives back the plural
  if (/(?:collie|doggie|hoagie|cookie)s$/.test(word)) return word;
  for (const [ending, put] of patternIrregular) if (word.endsWith(ending)) return word.slice(0, -ending.length) + put;
  for (const [ending, put] of patternEndings) if (ending.test(word)) return word.replace(ending, put);
  return word;
}

/**
 * How far twins can be told from true captions without the picture: naive Bayes over words and pairs of words, learnt on
 * half of the captions and asked about the other half. AUROC .5 is chance. By type, without and with true denials.
 *
 *   npx tsx scripts/leak-of-twins.ts FILE.jsonl SEED [FIELD]
 */
import { readFileSync } from 'node:fs';
import { auroc, rank } from '../eval/tldr/metrics.js';
import { seededRandom } from '../scenes/random.js';
import { perturb } from '../src/perturb/perturb.js';
import { perturbationTypes } from '../src/perturb/perturbation.js';
import { trueNegation } from '../src/perturb/true-negation.js';

const [path, seed = '1', field = 'captions'] = process.argv.slice(2);
if (path === undefined) throw new Error('give the path of a file of JSON lines with captions');
const captions = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .flatMap((line) => [(JSON.parse(line) as Record<string, string | string[]>)[field] ?? []].flat())
  .map((caption) => caption.trim());

interface Text {
  text: string;
  good: boolean;
  type: string;
}

const features = (text: string) => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  return [...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)];
};

function learn(texts: readonly Text[]): (text: string) => number {
  const counts = new Map<string, [bad: number, good: number]>();
  const all: [number, number] = [0, 0];
  for (const { text, good } of texts)
    for (const feature of new Set(features(text))) {
      const count = counts.get(feature) ?? [0, 0];
      count[good ? 1 : 0]++;
      all[good ? 1 : 0]++;
      counts.set(feature, count);
    }
  return (text) =>
    [...new Set(features(text))].reduce((sum, feature) => {
      const [bad, good] = counts.get(feature) ?? [0, 0];
      return sum + Math.log((good + 0.5) / (all[1] + 1)) - Math.log((bad + 0.5) / (all[0] + 1));
    }, 0);
}

for (const share of [0, 0.2]) {
  const random = seededRandom(Number(seed));
  const texts = captions.flatMap((caption, at): (Text & { half: number })[] => {
    const twins = perturbationTypes.flatMap((type) => perturb(caption, type, random) ?? []);
    const chosen = twins[Math.floor(random() * twins.length)];
    const denied = random() < share ? trueNegation(caption, random) : null;
    return [
      { text: denied ?? caption, good: true, type: 'true', half: at % 2 },
      ...(chosen ? [{ text: chosen.text, good: false, type: chosen.type, half: at % 2 }] : []),
    ];
  });
  const score = learn(texts.filter(({ half }) => half === 0));
  const asked = texts.filter(({ half }) => half === 1).map((one) => ({ ...one, reward: score(one.text) }));
  const of = (type: string | null) =>
    auroc(rank(asked.filter((one) => one.good || type === null || one.type === type).map((one) => [one])));
  const shown = perturbationTypes.map((type) => `${type} ${of(type).toFixed(2)}`).join(', ');
  process.stdout.write(`true denials ${share}: all ${of(null).toFixed(3)} (${asked.length} texts); ${shown}\n`);
}

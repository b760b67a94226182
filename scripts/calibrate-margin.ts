// Usage: npx tsx scripts/calibrate-margin.ts [SCENES=150] [SEED=7400000]: of the replacements that `local` makes on drawn scenes with one planted
// error, how many are true, by the margin (logits for each doubling of the candidates tried) that their words would pass

import { sceneAnswers } from '../eval/tldr/scene-answers.js';
import { trainingStyles } from '../scenes/scene.js';
import { correct } from '../src/agent/correct.js';
import { localRewriter } from '../src/rewriters/local/local-rewriter.js';
import type { Rewriter } from '../src/rewriters/rewriter.js';
import { tldrScorer } from '../src/scorer/tldr/tldr-scorer.js';
import { parseCount } from '../src/text/lexicon/numbers.js';

const [scenes = '150', seed = '7400000'] = process.argv.slice(2);
const scorer = await tldrScorer();
const threshold = scorer.threshold ?? 0.5;
const logit = (p: number) => Math.log(Math.max(p, 1e-6) / Math.max(1 - p, 1e-6));
const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/\b(?:underneath|beneath|under|lower than)\b/g, 'below')
    .replace(/\b(?:over|higher than|up above)\b/g, 'above')
    .replace(/\bgrey\b/g, 'gray')
    .replace(/\b(?:pairs?|loaf|loaves|boxes|box|pieces?|bunch(?:es)?) of /g, '')
    .replace(/\ba single\b/g, 'a')
    .replace(/\ba couple of\b/g, 'two')
    .replace(/\b(?:right by|close to|next to|beside)\b/g, 'near')
    .replace(/-/g, ' ')
    .replace(/\b(?:a|an)\b|\b\d+\b/g, (word) => (/\d/.test(word) ? String(Number(word)) : '1'))
    .replace(/\p{L}+/gu, (word) => (word === 'no' ? word : String(parseCount(word) ?? word)));
const made: { margin: number; right: boolean; shown: string }[] = [];
let runs = 0;
let wrong = 0;
const counted = {
  ...scorer,
  scoreBatch: async (requests: Parameters<NonNullable<typeof scorer.scoreBatch>>[0]) => {
    runs += requests.length;
    return scorer.scoreBatch!(requests);
  },
  score: async (request: Parameters<typeof scorer.score>[0]) => {
    runs++;
    return scorer.score(request);
  },
};
let tried = 1;
const local = localRewriter();
const counting: Rewriter = {
  name: local.name,
  async rewrite(request) {
    const result = await local.rewrite(request);
    for (const { id } of request.spans)
      tried = Math.max(tried, result.edits.filter(({ span, replacement }) => span === id && replacement !== '').length);
    return result;
  },
};
for await (const batch of sceneAnswers({
  count: Number(scenes),
  seed: Number(seed),
  styles: trainingStyles,
})) {
  for (const { image, response, prompt, original } of batch) {
    if (original === undefined) continue;
    const before = runs;
    tried = 1;
    const { response: result, report } = await correct(
      { images: [image], response, ...(prompt === undefined ? {} : { prompt }) },
      { scorer: counted, rewriter: counting },
    );
    if (report.rounds.length === 0) runs = before;
    else wrong++;
    const replaced = report.edits.filter(({ to }) => /[\p{L}\p{N}]/u.test(to));
    if (replaced.length === 0 || report.rounds.length === 0) continue;
    let shift = 0;
    let lowest = 1;
    for (const { start, end, to } of report.edits) {
      const at = start + shift;
      shift += to.length - (end - start);
      for (const token of report.after)
        if (token.reward !== null && token.start < at + to.length && token.end > at)
          lowest = Math.min(lowest, token.reward);
    }
    const margin = tried < 2 ? Number.POSITIVE_INFINITY : (logit(lowest) - logit(threshold)) / Math.log2(tried);
    made.push({ margin, right: plain(result) === plain(original), shown: `${response} => ${result} (${original})` });
  }
}
await scorer.close?.();
for (const margin of [0, 0.5, 1, 1.5, 2, 2.5, 3, 4]) {
  const kept = made.filter((one) => one.margin >= margin);
  const right = kept.filter((one) => one.right).length;
  console.log(
    `margin ${margin}: ${kept.length} replacements, ${right} true (${((100 * right) / kept.length).toFixed(1)} %)`,
  );
}
console.log(`${(runs / Math.max(1, wrong)).toFixed(1)} texts scored for each corrected answer`);
if (process.env.SHOW) for (const { margin, right, shown } of made) if (!right) console.log(margin.toFixed(2), shown);

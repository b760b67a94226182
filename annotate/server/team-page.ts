import type { Estimate } from '../../eval/stats/bootstrap.js';
import { type Agreement, againstGold, agreementOf, type GoldFigures } from '../agreement.js';
import { readRecords } from '../records.js';
import type { Store } from '../store/store.js';

interface Person {
  done: number;
  skipped: number;
  begun: number;
  adjudicated: number;
  seconds: number[];
  gold: GoldFigures;
}

export interface Team {
  items: number;
  /** Answers with at least one record that was handed in. */
  begun: number;
  people: Map<string, Person>;
  agreement: Agreement;
}

/** Figures of everybody's work. Study arms are not told apart here: see the analysis of a study. */
export async function teamOf(store: Store): Promise<Team> {
  const people = new Map<string, Person>([...store.state.people.keys()].map((name) => [name, nobody()]));
  const items = [];
  let begun = 0;
  for await (const one of readRecords(store)) {
    if (one.records.some(({ status }) => status === 'done')) begun++;
    for (const record of one.records) {
      const person = people.get(record.annotator) ?? nobody();
      people.set(record.annotator, person);
      if (record.role === 'adjudicate') {
        if (record.status === 'done') person.adjudicated++;
        continue;
      }
      if (record.status === 'done') person.done++;
      else if (record.status === 'skipped') person.skipped++;
      else person.begun++;
      if (record.seconds !== undefined && record.status === 'done') person.seconds.push(record.seconds);
      if (one.item.gold && record.status === 'done') {
        const found = againstGold(one.item.gold, record);
        for (const key of Object.keys(found) as (keyof GoldFigures)[]) person.gold[key] += found[key];
      }
    }
    if (one.records.length >= 2) items.push(one);
  }
  return { items: store.state.items.size, begun, people, agreement: agreementOf(items) };
}

const nobody = (): Person => ({
  done: 0,
  skipped: 0,
  begun: 0,
  adjudicated: 0,
  seconds: [],
  gold: { items: 0, errors: 0, found: 0, falseMarks: 0 },
});

const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!);

const shown = ({ value, low, high }: Estimate) =>
  value === null
    ? 'n/a'
    : `${value.toFixed(2)}${low === null || high === null ? '' : ` (${low.toFixed(2)} to ${high.toFixed(2)})`}`;

function median(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return (sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2).toFixed(1);
}

/** The overview for whoever leads a team: progress, gold answers and agreement. It loads nothing but the style. */
export async function teamPage(store: Store, title: string): Promise<string> {
  const { items, begun, people, agreement } = await teamOf(store);
  const rows = [...people].map(
    ([name, { done, skipped, begun: open, adjudicated, seconds, gold }]) =>
      `<tr><th scope="row" dir="auto">${escapeHtml(name)}</th><td>${done}</td><td>${open}</td><td>${skipped}</td><td>${adjudicated}</td><td>${median(seconds)}</td><td>${gold.items === 0 ? '–' : `${gold.found} of ${gold.errors} errors found, ${gold.falseMarks} false marks, in ${gold.items}`}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}: team</title>
<link rel="stylesheet" href="app.css">
</head>
<body class="team">
<main>
<h1>${escapeHtml(title)}: team</h1>
<p><progress max="${Math.max(1, items)}" value="${begun}" aria-label="Answers begun"></progress> ${begun} of ${items} answers were handed in by somebody.</p>
<h2>People</h2>
<div class="wide" role="group" aria-label="People" tabindex="0">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Done</th><th scope="col">Begun</th><th scope="col">Skipped</th><th scope="col">Adjudicated</th><th scope="col">Median seconds</th><th scope="col">Gold answers</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>
</div>
<h2>Agreement</h2>
${
  agreement.items === 0
    ? '<p>No answer was done by two people yet.</p>'
    : `<table>
<caption>${agreement.items} ${agreement.items === 1 ? 'answer' : 'answers'} done by two people or more, ${agreement.words} words; 95 % intervals over answers</caption>
<tbody>
<tr><th scope="row">Krippendorff’s alpha of words</th><td>${shown(agreement.alpha)}</td></tr>
<tr><th scope="row">F1 of spans, same ends</th><td>${shown(agreement.exactF1)}</td></tr>
<tr><th scope="row">F1 of spans, any overlap</th><td>${shown(agreement.overlapF1)}</td></tr>
</tbody>
</table>
${agreement.alpha.value === null || agreement.exactF1.value === null ? '<p>n/a: nobody marked anything, so there is nothing to agree about.</p>' : ''}`
}
<p><a href="./">To the answers</a> · <a href="./?adjudicate">To adjudication</a></p>
</main>
</body>
</html>
`;
}

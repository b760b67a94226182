import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { AppliedEdit, CorrectionResult, RoundReport } from '../src/agent/correction.js';
import { DetectiveError, errorMessage } from '../src/base/errors.js';
import { decodeImage } from '../src/image/decode.js';
import type { Evidence, TokenReward } from '../src/scorer/scorer.js';
import type { FlaggedSpan } from '../src/text/flagged-span.js';
import { wordRewards } from '../src/text/words.js';
import type { Item } from './items.js';

export interface HtmlReport {
  add(item: Item, result: CorrectionResult): Promise<void>;
  /** Puts the page in its place. */
  finish(): Promise<void>;
  /** Leaves nothing behind. Does nothing after `finish`. */
  discard(): Promise<void>;
}

/**
 * One self-contained page without a script, written item by item to a temporary file and renamed at the end.
 *
 * @throws DetectiveError `bad-argument` where the file cannot be written.
 */
export async function openReport(path: string): Promise<HtmlReport> {
  const part = `${path}.part`;
  let file: FileHandle | null;
  try {
    file = await open(part, 'w');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'its folder does not exist' : errorMessage(cause);
    throw new DetectiveError('bad-argument', `the report ${path} cannot be written: ${reason}`, { cause });
  }
  await file.appendFile(head);
  return {
    async add(item, result) {
      await file?.appendFile(await itemHtml(item, result));
    },
    async finish() {
      await file?.appendFile('</main></body></html>\n');
      await file?.close();
      file = null;
      await rename(part, path);
    },
    async discard() {
      if (!file) return;
      await file.close();
      await rm(part, { force: true });
    },
  };
}

/** Text that is only text in HTML, in and out of attributes. */
export function escapeHtml(text: string): string {
  return text
    .replace(/(?![\n\r\t])\p{Cc}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const head = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>vlm-detective report</title>
<style>
:root{color-scheme:light dark;--bad:220 60 50;--del:#b3261e;--ins:#17692f;font:16px/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--del:#ff9088;--ins:#7ddc94}}
main{max-width:60rem;margin:auto;padding:1rem}
article{display:grid;grid-template-columns:minmax(12rem,18rem) 1fr;gap:1rem;border-top:1px solid #8886;padding:1rem 0}
section{min-width:0;overflow-wrap:anywhere}
figure{margin:0;position:relative;align-self:start;overflow:hidden}figure img{width:100%;display:block}
figure i{position:absolute;border:2px solid #2a7;border-radius:3px}figure i b{position:absolute;top:0;left:0;font:600 10px system-ui;background:#175c3a;color:#fff;padding:0 3px}
.w{border-radius:3px;padding:0 1px}del{color:var(--del)}ins{color:var(--ins);text-decoration:none;font-weight:600}
.dim{opacity:.75}details{margin:.3rem 0}h2{font-size:1rem;margin:0 0 .3rem}p{margin:.3rem 0;white-space:pre-wrap}
@media(max-width:40rem){article{grid-template-columns:1fr}}
</style></head><body><main><h1>vlm-detective report</h1>
<p class="dim">Words are shaded by their reward: the redder, the less the picture supports them. Rest the pointer on a word for the figure. Boxes show what the scorer saw.</p>
`;

/** The article of one item. */
export async function itemHtml(item: Item, { original, response, status, report }: CorrectionResult): Promise<string> {
  const reason = report.reason === undefined ? '' : `: ${report.reason}`;
  const prompt = item.prompt === undefined ? '' : `<p class="dim">${escapeHtml(item.prompt)}</p>`;
  const corrected =
    response === original
      ? ''
      : `<p><b>Corrected:</b> ${wordsHtml(response, report.after)}</p><p><b>Edits:</b> ${editsHtml(original, report.edits)}</p>`;
  const { asked, method, bound } = report;
  const spent = asked
    ? `, ${asked.calls} calls, ${asked.pictures} pictures, ${asked.inputTokens + asked.outputTokens} tokens, ${(asked.ms / 1000).toFixed(1)} s${asked.cost === undefined ? '' : `, $${asked.cost.toFixed(4)}`}`
    : '';
  const bounded = bound
    ? `, at most ${bound.maxHarm} of right answers changed (${bound.confidence} confidence, ${bound.set})`
    : '';
  const about = `${report.scorer}${method === undefined ? '' : ` (${method})`}, ${report.rewriter}, threshold ${report.threshold.toFixed(3)}, coverage ${(report.coverage * 100).toFixed(0)} %${spent}${bounded}`;
  const open = report.unresolved.map((span) => `<li>${escapeHtml(span.text)}${whyHtml(span)}</li>`).join('');
  const unresolved = open === '' ? '' : `<p><b>Still flagged:</b></p><ul>${open}</ul>`;
  return `<article>${await figureHtml(item, report.evidence ?? [])}<section><h2>${escapeHtml(item.id)} <small class="dim">${escapeHtml(status + reason)}</small></h2>${prompt}
<p>${wordsHtml(original, report.before)}</p>${corrected}${unresolved}
${report.rounds.map(roundHtml).join('')}<small class="dim">${escapeHtml(about)}</small></section></article>
`;
}

function editsHtml(original: string, edits: readonly AppliedEdit[]): string {
  let out = '';
  let last = 0;
  for (const { start, end, from, to } of edits) {
    out += escapeHtml(original.slice(last, start));
    if (from !== '') out += `<del>${escapeHtml(from)}</del>`;
    if (to !== '') out += `<ins>${escapeHtml(to)}</ins>`;
    last = end;
  }
  return out + escapeHtml(original.slice(last));
}

function roundHtml({ round, response, tokens, flagged, accepted, rejected }: RoundReport): string {
  const kept = accepted.map(
    ({ span, replacement }) =>
      `<li>kept: <del>${escapeHtml(span.text)}</del> <ins>${escapeHtml(replacement || '(deleted)')}</ins>${whyHtml(span)}</li>`,
  );
  const dropped = rejected.map(
    ({ text, replacement, reason }) =>
      `<li class="dim">reverted: ${escapeHtml(text)} to ${escapeHtml(replacement || '(deleted)')}: ${escapeHtml(reason)}</li>`,
  );
  const title = `Round ${round}: ${flagged.length} flagged, ${accepted.length} replaced`;
  return `<details><summary>${title}</summary><p>${wordsHtml(response, tokens)}</p><ul>${[...kept, ...dropped].join('')}</ul></details>`;
}

/** What a span is said to be, and why. */
function whyHtml({ type, reason }: FlaggedSpan): string {
  const said = [type, reason].filter(Boolean).join(': ');
  return said === '' ? '' : ` <span class="dim">(${escapeHtml(said)})</span>`;
}

function wordsHtml(text: string, tokens: readonly TokenReward[]): string {
  let out = '';
  let last = 0;
  for (const { start, end, reward, type, reason } of wordRewards(text, tokens)) {
    const word = escapeHtml(text.slice(start, end));
    out += escapeHtml(text.slice(last, start));
    out +=
      reward === null
        ? word
        : `<span class="w" style="background:rgb(var(--bad)/${(1 - reward).toFixed(2)})" title="${escapeHtml([reward.toFixed(3), type, reason].filter(Boolean).join(': '))}">${word}</span>`;
    last = end;
  }
  return out + escapeHtml(text.slice(last));
}

async function figureHtml(item: Item, evidence: readonly Evidence[]): Promise<string> {
  try {
    const { default: sharp } = await import('sharp');
    const { data, width, height } = await decodeImage(item.image);
    const small = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(480, 480, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toBuffer();
    const source = `data:image/jpeg;base64,${small.toString('base64')}`;
    return `<figure><img alt="${escapeHtml(item.id)}" src="${source}">${evidence.map(boxHtml).join('')}</figure>`;
  } catch (error) {
    return `<figure class="dim">no picture: ${escapeHtml(errorMessage(error))}</figure>`;
  }
}

function boxHtml({ box, label, confidence, attributes }: Evidence): string {
  if (!box) return '';
  const [left, top, right, bottom] = box.map((value) => Math.min(1, Math.max(0, value)) * 100) as typeof box;
  const style = `left:${left.toFixed(1)}%;top:${top.toFixed(1)}%;width:${(right - left).toFixed(1)}%;height:${(bottom - top).toFixed(1)}%`;
  const seen = [...Object.values(attributes ?? {}), label, confidence.toFixed(2)].join(' ');
  return `<i style="${style}" title="${escapeHtml(seen)}"><b>${escapeHtml(label)}</b></i>`;
}

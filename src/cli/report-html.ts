import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { CorrectionResult, RoundReport } from '../agent/correction.js';
import { decodeImage } from '../image/decode.js';
import type { Evidence, TokenReward } from '../scorer/scorer.js';
import { wordRewards } from '../text/words.js';
import type { Item } from './items.js';

export interface HtmlReport {
  add(item: Item, result: CorrectionResult): Promise<void>;
  close(): Promise<void>;
}

/** One self-contained page, written item by item to a temporary file and renamed at the end. */
export async function openReport(path: string): Promise<HtmlReport> {
  const part = `${path}.part`;
  const stream = createWriteStream(part);
  let failure: unknown;
  stream.on('error', (error) => {
    failure = error;
  });
  stream.write(head);
  return {
    async add(item, result) {
      if (failure) throw failure;
      stream.write(await itemHtml(item, result));
    },
    async close() {
      stream.end('</main></body></html>\n');
      await finished(stream);
      await rename(part, path);
    },
  };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const head = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>vlm-detective report</title>
<style>
:root{color-scheme:light dark;--bad:220 60 50;font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:auto;padding:1rem}
article{display:grid;grid-template-columns:minmax(12rem,18rem) 1fr;gap:1rem;border-top:1px solid #8886;padding:1rem 0}
figure{margin:0;position:relative}figure img{width:100%;display:block}
figure i{position:absolute;border:2px solid #2a7;border-radius:3px}figure i b{position:absolute;top:0;left:0;font:600 10px system-ui;background:#2a7;color:#fff;padding:0 3px}
w{border-radius:3px;padding:0 1px}del{color:#c33}ins{color:#183;text-decoration:none;font-weight:600}
small,.dim{color:#888}details{margin:.3rem 0}h2{font-size:1rem;margin:0 0 .3rem}p{margin:.3rem 0;white-space:pre-wrap}
@media(max-width:40rem){article{grid-template-columns:1fr}}
</style></head><body><main><h1>vlm-detective report</h1>
<p class="dim">Words are shaded by their reward: the redder, the less the picture supports them. Rest the pointer on a word for the figure.</p>
`;

async function itemHtml(item: Item, { original, response, status, report }: CorrectionResult): Promise<string> {
  const reason = report.reason === undefined ? '' : `: ${report.reason}`;
  const prompt = item.prompt === undefined ? '' : `<p class="dim">${escapeHtml(item.prompt)}</p>`;
  const edits = report.edits
    .map((edit) => `<li><del>${escapeHtml(edit.from)}</del> <ins>${escapeHtml(edit.to)}</ins></li>`)
    .join('');
  return `<article>${await figureHtml(item, report.evidence ?? [])}<section><h2>${escapeHtml(item.id)} <small>${escapeHtml(status + reason)}</small></h2>${prompt}
<p>${wordsHtml(original, report.before)}</p>${response === original ? '' : `<p><b>Corrected:</b> ${wordsHtml(response, report.after)}</p><ul>${edits}</ul>`}
${report.rounds.map(roundHtml).join('')}<small>${escapeHtml(`${report.scorer}, ${report.rewriter}, threshold ${report.threshold.toFixed(3)}, coverage ${(report.coverage * 100).toFixed(0)} %`)}</small></section></article>
`;
}

function roundHtml({ round, response, tokens, accepted, rejected }: RoundReport): string {
  const kept = accepted.map(
    ({ span, replacement }) =>
      `<li>kept: <del>${escapeHtml(span.text)}</del> <ins>${escapeHtml(replacement || '(deleted)')}</ins></li>`,
  );
  const dropped = rejected.map(
    ({ text, replacement, reason }) =>
      `<li class="dim">reverted: ${escapeHtml(text)} to ${escapeHtml(replacement || '(deleted)')}: ${escapeHtml(reason)}</li>`,
  );
  return `<details><summary>Round ${round}</summary><p>${wordsHtml(response, tokens)}</p><ul>${[...kept, ...dropped].join('')}</ul></details>`;
}

function wordsHtml(text: string, tokens: readonly TokenReward[]): string {
  let out = '';
  let last = 0;
  for (const { start, end, reward } of wordRewards(text, tokens)) {
    const word = escapeHtml(text.slice(start, end));
    const shade =
      reward === null
        ? ''
        : ` style="background:rgb(var(--bad)/${(1 - reward).toFixed(2)})" title="${reward.toFixed(3)}"`;
    out += `${escapeHtml(text.slice(last, start))}<w${shade}>${word}</w>`;
    last = end;
  }
  return out + escapeHtml(text.slice(last));
}

async function figureHtml(item: Item, evidence: readonly Evidence[]): Promise<string> {
  const { default: sharp } = await import('sharp');
  try {
    const { data, width, height } = await decodeImage(item.image);
    const small = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(480, 480, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toBuffer();
    const boxes = evidence.flatMap(({ box, label }) => {
      if (!box) return [];
      const [left, top, right, bottom] = box.map((value) => value * 100) as [number, number, number, number];
      return [
        `<i style="left:${left.toFixed(1)}%;top:${top.toFixed(1)}%;width:${(right - left).toFixed(1)}%;height:${(bottom - top).toFixed(1)}%"><b>${escapeHtml(label)}</b></i>`,
      ];
    });
    return `<figure><img alt="" src="data:image/jpeg;base64,${small.toString('base64')}">${boxes.join('')}</figure>`;
  } catch {
    return '<figure class="dim">no picture</figure>';
  }
}

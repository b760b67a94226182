import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { escapeHtml, itemHtml, openReport } from '../../cli/report-html.js';
import { correct } from '../../src/agent/correct.js';
import type { CorrectionResult } from '../../src/agent/correction.js';
import type { Rewriter } from '../../src/rewriters/rewriter.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { splitWords } from '../../src/text/words.js';
import { plainPng, tinyModel } from '../fixtures/tiny/tiny-model.js';
import { parsed, vlmDetective, workFolder, writeItems } from './command-line.js';

let folder: string;
let scorer: string[];
beforeAll(async () => {
  folder = await workFolder();
  scorer = ['--scorer', `tldr:${await tinyModel()}`];
});

/** Flags every "bad", and sees something with a hostile name. */
const suspicious = (label: string): Scorer => ({
  name: label,
  score: async ({ response }) => ({
    response,
    scorer: label,
    tokens: splitWords(response).map(({ start, end }) => {
      const text = response.slice(start, end);
      return { text, start, end, reward: text === 'bad' ? 0.01 : 0.9 };
    }),
    evidence: [{ kind: 'text', label, confidence: 0.5, box: [0.1, 0.1, 0.5, 0.5], attributes: { colour: label } }],
  }),
});

const offering = (replacement: string): Rewriter => ({
  name: replacement,
  rewrite: async ({ spans }) => ({ edits: spans.map(({ id }) => ({ span: id, replacement })) }),
});

async function articleOf(hostile: string): Promise<string> {
  const image = `data:image/png;base64,${Buffer.from(await plainPng('#f00')).toString('base64')}`;
  const response = `${hostile} bad ${hostile}`;
  const request = { images: [image], prompt: hostile, response };
  const result = await correct(request, {
    scorer: suspicious(hostile),
    rewriter: offering(`fine ${hostile}`),
    threshold: 0.5,
  });
  return itemHtml({ id: hostile, image, prompt: hostile, response }, result);
}

/** Tags and their attributes' names. Exact, because no text may hold "<", ">" or quotes. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, '').toLowerCase());
}
const allowed = new Set(
  'article,/article,figure,/figure,figure class,img alt src,i style title,/i,b,/b,section,/section,h2,/h2,small class,/small,p,/p,p class,span class style title,span class,/span,del,/del,ins,/ins,details,/details,summary,/summary,ul,/ul,li,/li,li class'.split(
    ',',
  ),
);

const attacks = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</p></section></article></main><iframe src="https://evil.example">',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<!-- ',
  '-->',
  ']]>',
  '<style>*{display:none}</style>',
  '</title><script>',
  'javascript:alert(1)',
  '\u0000<\u0000script>',
  '<svg/onload=alert(1)>',
];

describe('the HTML report', () => {
  it.each(attacks)(
    'takes %j for text wherever it comes from: id, question, answer, replacement, scorer, evidence',
    async (attack) => {
      const html = await articleOf(attack);
      for (const tag of tagsOf(html)) expect(allowed).toContain(tag.slice(1, -1).trim());
      expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']/);
      expect(html).toContain(escapeHtml(attack));
      for (const [, value] of html.matchAll(/src="([^"]*)"/g))
        expect(value).toMatch(/^data:image\/jpeg;base64,[A-Za-z0-9+/=]+$/);
      for (const [, value] of html.matchAll(/style="([^"]*)"/g)) expect(value).toMatch(/^[a-z0-9 :;%.()/-]*$/);
    },
  );

  it('escapes any text so that it cannot leave the place where it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'\n\u0000\u0007 a=;#6🙂') }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']/);
        const back = escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
        expect(back).toBe(text.replace(/(?![\n\r\t])\p{Cc}/gu, '\ufffd'));
      }),
    );
  });

  it('stands alone: pictures inside, no script, nothing fetched, and a policy that forbids it', async () => {
    const items = [
      { id: 'one', image: 'red.png', prompt: 'What is it?', response: 'A green dog & a red cat.' },
      { id: 'two', image: 'gone.png', response: 'A green dog.' },
      { id: 'three', image: 'green.png', response: '<b>A green dog.</b>' },
    ];
    const report = join(folder, 'report.html');
    const { stdout } = await vlmDetective([
      'correct',
      '--input',
      writeItems(folder, items),
      '--json',
      '--report',
      report,
      ...scorer,
    ]);
    const html = readFileSync(report, 'utf8');
    expect(html.match(/<article>/g)).toHaveLength(items.length);
    expect(html).toContain(`content="default-src 'none'; img-src data:;`);
    expect(html).not.toMatch(/https?:|<script|<link|@import|url\(/i);
    expect(html.match(/src="data:image\/jpeg;base64,/g)).toHaveLength(2);
    expect(html).toContain('gone.png does not exist');
    expect(html).toMatch(/title="0\.1\d\d">green<\/span>/);
    expect(html).toMatch(/<del>green ?<\/del>(?!<ins>)/);
    expect(html).toMatch(/Round 1: 1 flagged, 1 replaced/);
    expect(html).toMatch(/&#60;(?:<[^>]*>)*b/);
    expect(parsed(stdout)).toHaveLength(3);
    expect(existsSync(`${report}.part`)).toBe(false);
  });

  it('is written as it goes, and is in its place only when it is whole', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'vlm-detective-report-')), 'report.html');
    const report = await openReport(path);
    const result = { original: 'A dog.', response: 'A dog.', status: 'skipped' } as CorrectionResult;
    result.report = {
      rounds: [],
      edits: [],
      unresolved: [],
      before: [],
      after: [],
      scorer: 's',
      rewriter: 'r',
      threshold: 0.5,
      coverage: 1,
    } as never;
    await report.add({ id: '1', image: 'gone.png', response: 'A dog.' }, result);
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(`${path}.part`, 'utf8')).toContain('<article>');
    await report.finish();
    await report.discard();
    expect(readFileSync(path, 'utf8')).toMatch(/<\/html>\n$/);
    const other = await openReport(path);
    await other.discard();
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(readFileSync(path, 'utf8')).toContain('<article>');
  });
});

import { escapeText } from './svg.js';
import type { Table } from './tables.js';

export function tableHtml({ title, head, rows }: Table): string {
  const cells = (row: readonly string[], tag: string) =>
    row
      .map((cell, index) =>
        index === 0 ? `<th scope="row">${escapeText(cell)}</th>` : `<${tag}>${escapeText(cell)}</${tag}>`,
      )
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<h3>${escapeText(title)}</h3><div class="scroll"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A whole page that needs nothing else: no script, no font, no request. `body` is HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escapeText(title)}</title>
<style>
:root{color-scheme:light dark;--line:#8886;--faint:#8883;--ink:#222;--del:#b3261e;--ins:#17692f;font:16px/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--ink:#ddd;--del:#ff9088;--ins:#7ddc94}}
main{max-width:72rem;margin:auto;padding:1rem}h1{margin:.2rem 0}h2{margin:2rem 0 .5rem;border-top:1px solid var(--line);padding-top:1rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--faint)}th[scope=row]{text-align:left;font-weight:400;white-space:normal;min-width:13rem}thead th{font-weight:600}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1.5rem}figure{margin:0;min-width:0}figure.wide{grid-column:1/-1;overflow-x:auto}figure.wide svg{min-width:38rem}
svg{max-width:100%;height:auto;display:block}
figcaption{font-size:.85rem;padding-left:.5rem}
article{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:1rem;border-top:1px solid var(--faint);padding:1rem 0}article img{width:100%;display:block}article section{min-width:0;overflow-wrap:anywhere}
dl{margin:.3rem 0;display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem}dt{opacity:.75}dd{margin:0}
del{color:var(--del)}ins{color:var(--ins);text-decoration:none;font-weight:600}del+ins{margin-left:.15em}.dim{opacity:.75}li{margin:.15rem 0}
@media(max-width:40rem){article{grid-template-columns:1fr}}
</style></head><body><main>${body}</main></body></html>
`;
}

import { z } from 'zod';
import { endpoints } from './openapi.js';

const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!);

const prose = (text: string) => escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>');

interface JsonSchema {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

function typeName({ type, enum: values, anyOf, items }: JsonSchema): string {
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf) return anyOf.map(typeName).join(' | ');
  return items ? `${typeName(items)}[]` : [type ?? 'any'].flat().join(' | ');
}

function fields(schema: z.ZodType, io: 'input' | 'output'): string {
  const {
    properties = {},
    required = [],
    description,
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  }) as JsonSchema;
  const rows = Object.entries(properties).map(
    ([name, field]) =>
      `<tr><td><code>${escapeHtml(name)}</code>${required.includes(name) ? ' *' : ''}</td><td><code>${escapeHtml(typeName(field))}</code></td><td>${prose(field.description ?? '')}</td></tr>`,
  );
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : `<p>${prose(description ?? '')}</p>`;
}

const style = `
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid #8886;margin-top:1.5rem;padding-top:.5rem}
table{border-collapse:collapse;width:100%}
td{border:1px solid #8886;padding:.25rem .5rem;vertical-align:top;overflow-wrap:anywhere}
h2 b{font-size:.8em;margin-right:.5em}
h3{margin-bottom:.25rem}`;

/** The OpenAPI document for people: one page that loads nothing from anywhere. */
export function openApiPage(version: string): string {
  const sections = endpoints.map(
    ({ method, path, summary, description, request, reply }) => `<section>
<h2><b>${method.toUpperCase()}</b><code>${escapeHtml(path)}</code></h2>
<p>${prose(summary)}. ${prose(description ?? '')}</p>
${request ? `<h3>Request</h3>${fields(request, 'input')}` : ''}
${reply ? `<h3>Reply</h3>${fields(reply, 'output')}` : ''}
</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>vlm-detective ${escapeHtml(version)}</title><style>${style}</style></head>
<body><h1>vlm-detective ${escapeHtml(version)}</h1>
<p>Fields with * are required. The same for programs: <a href="openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</body></html>
`;
}

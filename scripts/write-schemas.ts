// Writes schemas/: the JSON Schemas of the lines and replies that programs read. `npx tsx scripts/write-schemas.ts`
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import * as api from '../src/server/api/api-schemas.js';

const judged = z.object({ words: z.int(), of: z.int() });
const error = z.object({ code: z.string(), message: z.string() });
const item = z.looseObject({
  id: z.string().optional(),
  image: z.string(),
  prompt: z.string().optional(),
  response: z.string(),
});
const scoreLine = z.looseObject({
  ...api.scoreReply.shape,
  score: z.object({ soft: z.number(), product: z.int() }).nullable(),
});
const correctLine = z.looseObject({
  ...api.correctReply.shape,
  judged,
  limits: z.array(z.string()).optional(),
  error: error.optional(),
});
const failedLine = z.looseObject({ id: z.string(), error });

/** Its name, and what it is. */
export const schemas: Readonly<Record<string, [string, z.ZodType]>> = {
  item: ['A line of --input', item],
  'score-line': ['A line that `score --json` writes', z.union([scoreLine, failedLine])],
  'correct-line': ['A line that `correct --json` writes', z.union([correctLine, failedLine])],
  'score-reply': ['The reply of POST /v1/score', api.scoreReply],
  'correct-reply': ['The reply of POST /v1/correct', api.correctReply],
  'report-reply': ['The reply of GET /v1/reports/:id', api.reportReply],
};

/** One of them as text. The version in its `$id` is that of the form, not of the package. */
export function schemaText(name: string): string {
  const [title, schema] = schemas[name]!;
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  return `${JSON.stringify({ $schema, $id: `urn:vlm-detective:schema:${name}:1`, title, ...rest }, null, 2)}\n`;
}

if (process.argv[1]?.endsWith('write-schemas.ts'))
  for (const name of Object.keys(schemas)) {
    writeFileSync(join(import.meta.dirname, '..', 'schemas', `${name}.json`), schemaText(name));
  }

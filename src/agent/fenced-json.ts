import { jsonLeaves } from '../text/json-leaves.js';
import type { CorrectionResult } from './correction.js';
import { shiftRange, shiftSpan } from './stream-report.js';

const fence = /^(\s*```[^\S\r\n]*(?:json)?[^\S\r\n]*\r?\n)([\s\S]*?)(\r?\n?\s*```\s*)$/i;

/** The JSON of an answer that is nothing but JSON in a Markdown fence, and what stands around it; else null. */
export function fencedJson(text: string): { before: string; json: string; after: string } | null {
  if (!/^\s*```/.test(text)) return null;
  const [, before, json, after] = fence.exec(text) ?? [];
  if (before === undefined || json === undefined || after === undefined || !jsonLeaves(json)) return null;
  return { before, json, after };
}

/** The result for the JSON as that of the fenced answer. Rounds keep the offsets of their own `response`. */
export function putInFence(result: CorrectionResult, before: string, after: string): CorrectionResult {
  const by = before.length;
  const { report } = result;
  return {
    original: before + result.original + after,
    response: before + result.response + after,
    status: result.status,
    report: {
      ...report,
      edits: report.edits.map((edit) => shiftRange(edit, by)),
      unresolved: report.unresolved.map((span) => shiftSpan(span, by)),
      before: report.before.map((token) => shiftRange(token, by)),
      after: report.after.map((token) => shiftRange(token, by)),
    },
  };
}

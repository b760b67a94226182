import { parseJsonReply } from '../../models/json-reply.js';
import { foldText } from './fold-text.js';

/** A phrase of an answer that a model takes for wrong. What the model left out is left out. */
export interface Finding {
  phrase: string;
  /** The phrase with words around it. */
  context?: string;
  /** In the model's own words. */
  type?: string;
  reason?: string;
  /** 0..1 */
  confidence?: number;
  /** Where it says that the phrase stands, in UTF-16 units or in code points. */
  start?: number;
}

const names = {
  phrase: [
    'phrase',
    'text',
    'span',
    'quote',
    'content',
    'hallucination',
    'hallucinated_text',
    'hallucinated_span',
    'error',
    'words',
    'value',
  ],
  context: ['context', 'sentence'],
  type: ['type', 'hallucination_type', 'label', 'category', 'error_type', 'class', 'subcategory'],
  reason: ['reason', 'explanation', 'rationale', 'justification', 'why', 'comment', 'evidence', 'description'],
  confidence: ['confidence', 'score', 'probability', 'prob', 'hallucination_score', 'hallucination_confidence'],
  start: ['start', 'begin', 'start_offset', 'offset'],
  correction: ['correction', 'corrected', 'replacement', 'fix', 'suggestion'],
  entailment: ['nli_label', 'nli', 'verdict', 'status'],
} as const;
const mostFindings = 1000;

/**
 * The wrong phrases that a model lists, in any of the forms that models and detectors write: JSON with a list of objects or
 * strings under whatever name (LettuceDetect's `predictions`, the vLLM Semantic Router's `spans`, our own `unsupported`), the
 * answer itself with tags around what is wrong, or the word that there is none. A finding that says of itself that it is no
 * error (a correction that changes nothing, an entailed span) is none. null where nothing can be read.
 */
export function readFindings(reply: string | null): Finding[] | null {
  if (!reply?.trim()) return null;
  const list = findList(parseJsonReply(reply), 0);
  if (list) return list.slice(0, mostFindings).flatMap((item) => findingOf(item) ?? []);
  const tagged = [...reply.matchAll(tag)].map(({ groups }) => ({
    phrase: groups!.words!,
    ...(groups!.type ? { type: groups!.type } : {}),
  }));
  if (tagged.length > 0) return tagged;
  return nothingWrong.test(reply.trim()) ? [] : null;
}

/** `<hallucination type="object">a cat</hallucination>`, `<span class="…">`, `<hal>`. */
const tag =
  /<(?<name>hal\w*|span|error|wrong|unsupported)\b(?:[^<>]*?\b(?:type|class|label|category)\s*=\s*["']?(?<type>[^"'<>]+?)["']?)?\s*>(?<words>[^<>]{1,500})<\/\k<name>>/gi;
const nothingWrong =
  /^(?:\W*(?:no|none|nothing|there (?:is|are) no)\b[^.]{0,60}\b(?:hallucinat\w*|errors?|unsupported|wrong|spans?|found|detected)\b|\W*none\W*$)/i;

/** The first list of objects or strings, from the outside in. An object that is a finding by itself is a list of one. */
function findList(value: unknown, depth: number): unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null || depth > 3) return null;
  const fields = Object.values(value);
  const list = fields.find((field) => Array.isArray(field));
  if (list) return list as unknown[];
  if (findingOf(value)) return [value];
  for (const field of fields) {
    const inner = findList(field, depth + 1);
    if (inner) return inner;
  }
  return null;
}

function findingOf(item: unknown): Finding | null {
  if (typeof item === 'string') return item.trim() === '' ? null : { phrase: item };
  if (typeof item !== 'object' || item === null) return null;
  const fields = item as Record<string, unknown>;
  const text = (keys: readonly string[]) =>
    keys.map((key) => fields[key]).find((value): value is string => typeof value === 'string' && value.trim() !== '');
  const number = (keys: readonly string[]) =>
    keys
      .map((key) => fields[key])
      .find((value): value is number => typeof value === 'number' && Number.isFinite(value));
  const phrase = text(names.phrase);
  if (phrase === undefined) return null;
  const [type, reason, context] = [text(names.type), text(names.reason), text(names.context)];
  if (isNoError(phrase, reason, text(names.correction), text(names.entailment))) return null;
  const given = number(names.confidence);
  // some count in per cent
  const confidence =
    given === undefined ? undefined : Math.min(1, Math.max(0, given > 1 && given <= 100 ? given / 100 : given));
  const start = number(names.start);
  return {
    phrase,
    ...(context === undefined ? {} : { context }),
    ...(type === undefined ? {} : { type }),
    ...(reason === undefined ? {} : { reason }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(start !== undefined && Number.isInteger(start) && start >= 0 ? { start } : {}),
  };
}

const supported =
  /^(?:(?:this|the|that|it)\b[^.]{0,80}\b(?:is|are)|yes,?|correct|accurate|indeed)?\s*(?:\b(?:fully|clearly|indeed|actually)\s+)?\b(?:supported|correct|accurate|consistent with|confirmed by|visible|present|entailed)\b/i;
const deniedWords = /\b(?:not|no|never|neither|nor|without|but|however|instead|rather|only)\b|n['’]t\b/i;

/** Models list what they have checked and found right: the false alarms that a look at their own words tells. */
function isNoError(phrase: string, reason = '', correction = '', entailment = ''): boolean {
  if (/^(?:entail|support|true|correct|accurate)/i.test(entailment.trim())) return true;
  const plain = (text: string) => foldText(text).text.replace(/^["'.,;:!?\s]+|["'.,;:!?\s]+$/g, '');
  if (correction !== '' && plain(correction) === plain(phrase)) return true;
  const said = reason.replace(/["“][^"”]*["”]/g, '');
  return supported.test(said) && !deniedWords.test(said);
}

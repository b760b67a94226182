import type { AppliedEdit } from '../../agent/correction.js';
import { parseStructured } from '../../http/structured-answer.js';
import { isObject, type JsonObject, objectsOf, setIn } from '../../wire/json-path.js';
import { type Answer, type AnswerChange, shiftOffset } from '../../wire/protocol.js';
import { type GenerateResult, type Part, refused } from './contract.js';

/** Why a result holds no text that could be judged. */
export function whyNoText(types: readonly string[], finish: string): string {
  if (finish === refused) return 'the model refused to answer';
  if (types.includes('tool-call')) return 'a tool call, no text';
  if (types.includes('reasoning')) return 'reasoning only, no text';
  return types.includes('file') ? 'a generated file, no text' : 'the answer is empty';
}

/** A text that cites a source as a whole says what the source says: the picture is no judge of it. */
function isCited({ citations }: JsonObject): boolean {
  return (
    Array.isArray(citations) &&
    citations.length > 0 &&
    citations.every((citation) => isObject(citation) && typeof citation.startIndex !== 'number')
  );
}

const structured = 'structuredOutputText';

/**
 * The texts of a result: its text parts; or, where JSON was asked for, the one text that will be parsed. Always at least
 * one; where there is no text, it says why in `skipped`.
 */
export function readAnswers(result: GenerateResult, json: boolean): Answer[] {
  const texts = objectsOf(result.content).filter(
    ({ value }) => value.type === 'text' && typeof value.text === 'string' && value.text.trim() !== '',
  );
  const types = objectsOf(result.content).map(({ value }) => String(value.type));
  const none = { choice: 0, path: ['content'], text: '' };
  if (result.finishReason?.unified === refused) return [{ ...none, skipped: whyNoText(types, refused) }];
  const chosen = result.structuredOutputText;
  if (json && typeof chosen === 'string' && chosen.trim() !== '') {
    return [{ choice: 0, path: [structured], text: chosen }];
  }
  if (json && texts.length > 1) {
    const text = texts.map(({ value }) => value.text).join('');
    if (parseStructured(text) !== undefined) return [{ choice: texts[0]!.index, path: ['content'], text }];
  }
  const answers = texts.map(({ index, value }): Answer => {
    const answer = { choice: index, path: ['content', index, 'text'], text: String(value.text) };
    return isCited(value) ? { ...answer, skipped: 'the text cites a source, not the picture' } : answer;
  });
  return answers.length > 0 ? answers : [{ ...none, skipped: whyNoText(types, result.finishReason?.unified) }];
}

/** Citations whose offsets point into the text, moved to where their words are now. */
export function shiftCitations(citations: unknown, edits: readonly AppliedEdit[]): unknown {
  if (!Array.isArray(citations)) return citations;
  return citations.map((citation) => {
    if (!isObject(citation)) return citation;
    const { startIndex, endIndex } = citation;
    return {
      ...citation,
      ...(typeof startIndex === 'number' ? { startIndex: shiftOffset(startIndex, edits) } : {}),
      ...(typeof endIndex === 'number' ? { endIndex: shiftOffset(endIndex, edits) } : {}),
    };
  });
}

/** A result of the same type with the texts in place. What shares a part with them is shared, not copied. */
export function writeAnswers<R extends GenerateResult>(result: R, changes: readonly AnswerChange[]): R {
  return changes.reduce((written, change) => writeAnswer(written, change), result);
}

function writeAnswer<R extends GenerateResult>(result: R, { answer, text, edits }: AnswerChange): R {
  if (answer.path[0] === structured) {
    const content = result.content.map((part) => (textOf(part) === answer.text ? { ...part, text } : part));
    return { ...result, content, structuredOutputText: text };
  }
  // one JSON text in several parts: it is whole in the first of them now
  if (answer.path.length === 1) {
    const content = result.content.map((part, index) =>
      part.type === 'text' ? { ...part, text: index === answer.choice ? text : '' } : part,
    );
    return { ...result, content };
  }
  const written = setIn(result, answer.path, text);
  const part = written.content[answer.choice] as unknown as JsonObject;
  return 'citations' in part
    ? setIn(written, ['content', answer.choice, 'citations'], shiftCitations(part.citations, edits))
    : written;
}

/** The text of a text part; undefined for every other part. */
export function textOf(part: Part): string | undefined {
  return part.type === 'text' && 'text' in part && typeof part.text === 'string' ? part.text : undefined;
}

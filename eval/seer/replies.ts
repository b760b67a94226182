import { pick, seededRandom } from '../../scenes/random.js';
import type { ImageInput } from '../../src/image/image-input.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import type { FlaggedSpan } from '../../src/text/flagged-span.js';
import { colours } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import { numberWords } from '../../src/text/lexicon/numbers.js';
import { sentenceAt, splitSentences } from '../../src/text/sentences.js';
import { flagSpans } from '../../src/text/spans.js';
import type { Eyes } from './eyes.js';

/** What a seer answers: P(yes) to a yes/no question, words to anything else. */
export type SeerReply = { yes: number | null } | { text: string };

const yesNo = /Does this figure show "(?<statement>[\s\S]*)"\? Please answer Yes or No\./;
const numbered = /^(?<number>\d+)\. (?<statement>.+)$/gm;

/** A double of a vision-language model reads what it is asked as a model would, and answers by what its eyes see. */
export async function answerOf(eyes: Eyes, image: ImageInput, prompt: string, slip: number): Promise<SeerReply> {
  const asked = yesNo.exec(prompt)?.groups?.statement;
  if (asked !== undefined) return { yes: await eyes.sees(image, asked) };
  const parts = fenced(prompt);
  if (prompt.includes('"verdicts"')) return { text: await verdicts(eyes, image, parts[0] ?? '') };
  if (prompt.includes('"unsupported"')) return { text: await findings(eyes, image, parts[1] ?? '', parts[0]) };
  if (prompt.includes('"edits"')) return { text: await edits(eyes, image, prompt, parts, slip) };
  return { text: 'A picture.' };
}

/** What stands between the fences of a prompt, in order. */
function fenced(prompt: string): string[] {
  const fence = /^(={5,})$/m.exec(prompt)?.[1];
  if (fence === undefined) return [];
  return prompt
    .split(new RegExp(`^${fence}$`, 'm'))
    .filter((_, index) => index % 2 === 1)
    .map((part) => part.replace(/^\n|\n$/g, ''));
}

async function verdicts(eyes: Eyes, image: ImageInput, claims: string): Promise<string> {
  const list = [];
  for (const { groups } of claims.matchAll(numbered)) {
    const p = await eyes.sees(image, groups!.statement!);
    const verdict = p === null ? 'cannot tell' : p > 0.5 ? 'supported' : 'contradicted';
    list.push({
      claim: Number(groups!.number),
      verdict,
      confidence: p === null ? 0 : Math.abs(2 * p - 1),
      reason: 'seen so',
    });
  }
  return JSON.stringify({ verdicts: list });
}

async function findings(eyes: Eyes, image: ImageInput, answer: string, question: string | undefined): Promise<string> {
  const { tokens } = await eyes.reads(image, answer, question === 'Describe the picture.' ? undefined : question);
  const unsupported = flagSpans(answer, tokens, 0.5).map(({ text, reward, sentence, type }) => ({
    phrase: text,
    context: answer.slice(...sentence),
    type: type ?? 'other',
    reason: 'the picture shows something else',
    confidence: 1 - reward,
  }));
  return JSON.stringify({ unsupported });
}

/**
 * Rewrites marked words by what it sees; now and then (`slip`) it says another word of the same kind. What it was told
 * that it tried it does not say again.
 */
async function edits(
  eyes: Eyes,
  image: ImageInput,
  prompt: string,
  parts: readonly string[],
  slip: number,
): Promise<string> {
  const [question, masked = '', , , tried = ''] = parts;
  const { open, close } = /written (?<open>\S+?)number:words(?<close>\S+?)\./.exec(prompt)!.groups!;
  const spans: Omit<FlaggedSpan, 'sentence'>[] = [];
  let response = '';
  for (const part of masked.split(open!)) {
    const [, id, words, rest] = part.match(new RegExp(`^(\\d+):(.*?)${escaped(close!)}([\\s\\S]*)$`, 's')) ?? [];
    if (id === undefined) {
      response += part;
      continue;
    }
    spans.push({
      id: Number(id),
      start: response.length,
      end: response.length + words!.length,
      text: words!,
      reward: 0.1,
    });
    response += words! + rest!;
  }
  const sentences = splitSentences(response);
  const flagged = spans.map((span): FlaggedSpan => {
    const { start, end } = sentenceAt(sentences, span.start) ?? { start: 0, end: response.length };
    return { ...span, sentence: [start, end] };
  });
  const { evidence = [] } = await eyes.reads(
    image,
    response,
    question === 'Describe the picture.' ? undefined : question,
  );
  const offered = await localRewriter().rewrite({ images: [image], response, spans: flagged, evidence, rejected: [] });
  const random = seededRandom(hashOf(masked + tried));
  const list = flagged.flatMap((span) => {
    const own = offered.edits.filter((edit) => edit.span === span.id && !wasTried(tried, span.text, edit.replacement));
    if (random() < slip) return [{ span: span.id, replacement: slipOf(span.text, random), scope: 'span' }];
    const [best] = own;
    return best ? [{ span: best.span, replacement: best.replacement, scope: best.sentence ? 'sentence' : 'span' }] : [];
  });
  // of a sentence that it writes anew, nothing else
  const anew = new Map(
    list.flatMap((edit) => (edit.scope === 'sentence' ? [[sentenceOf(edit.span), edit.span] as const] : [])),
  );
  return JSON.stringify({ edits: list.filter(({ span }) => (anew.get(sentenceOf(span)) ?? span) === span) });

  function sentenceOf(span: number): number {
    return flagged.find(({ id }) => id === span)!.sentence[0];
  }
}

const wasTried = (tried: string, from: string, to: string) =>
  tried.includes(`${JSON.stringify(from)} to ${JSON.stringify(to)}:`);

function slipOf(words: string, random: () => number): string {
  const lower = words.toLowerCase();
  if ((colours as readonly string[]).includes(lower)) return pick(random, colours);
  if (numberWords.includes(lower)) return pick(random, numberWords.slice(1, 7));
  const plural = lower.endsWith('s');
  const noun = pick(random, nouns);
  return plural ? noun.plural : noun.singular;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function hashOf(text: string): number {
  let value = 7;
  for (let at = 0; at < text.length; at++) value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  return value >>> 0;
}

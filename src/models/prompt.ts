import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { packageRoot } from '../base/package-root.js';

/** A prompt of the folder `prompts/`; `Input` are the names of what it is filled in with. */
export interface Prompt<Input extends string = string> {
  name: string;
  version: number;
  inputs: readonly Input[];
  /** With `{{input}}` placeholders. */
  text: string;
}

const cache = new Map<string, Prompt>();

/**
 * Reads `prompts/NAME.md` (NAME may be in a folder: `perturb/verify`): front matter with name, version and inputs, then the text. With `inputs`, the prompt must take
 * exactly those.
 *
 * @throws DetectiveError `bad-argument` for a prompt that is not there, `bad-input` for one that is malformed.
 */
export function loadPrompt<Input extends string = string>(name: string, inputs?: readonly Input[]): Prompt<Input> {
  const prompt = cache.get(name) ?? readPrompt(name);
  cache.set(name, prompt);
  if (inputs && [...inputs].sort().join() !== [...prompt.inputs].sort().join()) {
    throw new DetectiveError(
      'bad-input',
      `the prompt ${name} takes ${prompt.inputs.join(', ')}, not ${inputs.join(', ')}`,
    );
  }
  return prompt as Prompt<Input>;
}

function readPrompt(name: string): Prompt {
  if (!/^(?:[a-z][a-z0-9-]*\/)?[a-z][a-z0-9-]*$/.test(name))
    throw new DetectiveError('bad-argument', `${JSON.stringify(name)} is no prompt name: use a-z, 0-9 and hyphens`);
  const path = join(packageRoot(), 'prompts', `${name}.md`);
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DetectiveError('bad-argument', `the prompt ${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
  const prompt = parsePrompt(source, path);
  if (prompt.name !== name) throw new DetectiveError('bad-input', `${path} calls itself ${prompt.name}`);
  return prompt;
}

export function parsePrompt(source: string, path: string): Prompt {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(source);
  if (!match) throw new DetectiveError('bad-input', `${path} has no front matter between two --- lines`);
  const fields = new Map(match[1]!.split(/\r?\n/).map((line) => line.split(/:\s*/, 2) as [string, string]));
  const [name, version, inputs] = [
    fields.get('name'),
    Number(fields.get('version')),
    fields.get('inputs')?.split(/,\s*/).filter(Boolean),
  ];
  if (!name || !Number.isInteger(version) || version < 1 || !inputs)
    throw new DetectiveError('bad-input', `${path} needs name, version and inputs in its front matter`);
  const text = match[2]!.trim();
  const used = new Set([...text.matchAll(placeholder)].map((found) => found[1]!));
  const stray = [...used].filter((input) => !inputs.includes(input));
  if (stray.length)
    throw new DetectiveError('bad-input', `${path} uses {{${stray[0]}}}, which is not among its inputs`);
  const idle = inputs.filter((input) => !used.has(input));
  if (idle.length) throw new DetectiveError('bad-input', `${path} never uses its input ${idle[0]}`);
  return { name, version, inputs, text };
}

const placeholder = /\{\{(\w+)\}\}/g;

/**
 * Fills a prompt in. One pass: a value that looks like a placeholder stays as it is.
 *
 * @throws DetectiveError `bad-argument` for an input that is not given, or given and not known.
 */
export function renderPrompt<Input extends string>(
  prompt: Prompt<Input>,
  values: Readonly<Record<Input, string>>,
): string {
  const given: Readonly<Record<string, string>> = values;
  const absent = prompt.inputs.filter((input) => !Object.hasOwn(given, input));
  if (absent.length) throw new DetectiveError('bad-argument', `the prompt ${prompt.name} needs ${absent.join(', ')}`);
  const unknown = Object.keys(given).filter((input) => !(prompt.inputs as readonly string[]).includes(input));
  if (unknown.length)
    throw new DetectiveError('bad-argument', `the prompt ${prompt.name} has no input ${unknown.join(', ')}`);
  return prompt.text.replace(placeholder, (_, input: string) => given[input]!);
}

/** A line that occurs in none of the texts, to stand around them. */
export function makeFence(texts: readonly string[]): string {
  let longest = 4;
  for (const text of texts) for (const run of text.match(/=+/g) ?? []) longest = Math.max(longest, run.length);
  return '='.repeat(longest + 1);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DetectiveError } from '../errors.js';
import { packageRoot } from '../package-root.js';

export interface Prompt {
  name: string;
  version: number;
  inputs: string[];
  text: string;
}

const cache = new Map<string, Prompt>();

/** Reads `prompts/NAME.md`: front matter with name, version and inputs, then the text. */
export function loadPrompt(name: string): Prompt {
  let prompt = cache.get(name);
  if (!prompt) {
    const path = join(packageRoot(), 'prompts', `${name}.md`);
    prompt = parsePrompt(readFileSync(path, 'utf8'), path);
    cache.set(name, prompt);
  }
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
  if (!name || !Number.isInteger(version) || !inputs)
    throw new DetectiveError('bad-input', `${path} needs name, version and inputs in its front matter`);
  const text = match[2]!.trim();
  const used = new Set([...text.matchAll(placeholder)].map((found) => found[1]!));
  const stray = [...used].filter((input) => !inputs.includes(input));
  if (stray.length)
    throw new DetectiveError('bad-input', `${path} uses {{${stray[0]}}}, which is not among its inputs`);
  return { name, version, inputs, text };
}

const placeholder = /\{\{(\w+)\}\}/g;

/** Fills a prompt in. One pass: a value that looks like a placeholder stays as it is. Every input must be given. */
export function renderPrompt(prompt: Prompt, values: Readonly<Record<string, string>>): string {
  const absent = prompt.inputs.filter((input) => !(input in values));
  if (absent.length) throw new DetectiveError('bad-argument', `the prompt ${prompt.name} needs ${absent.join(', ')}`);
  return prompt.text.replace(placeholder, (_, input: string) => values[input]!);
}

/** A line that occurs in none of the texts, to stand around them. */
export function makeFence(texts: readonly string[]): string {
  let fence = '=====';
  while (texts.some((text) => text.includes(fence))) fence += '=';
  return fence;
}

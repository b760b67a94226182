import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DetectiveError, errorMessage } from '../errors.js';

/** A prompt of the folder `prompts/`. `Input` are the names of what it is filled with. */
export interface Prompt<Input extends string = string> {
  name: string;
  version: number;
  inputs: readonly Input[];
  /** With `{{input}}` placeholders. */
  text: string;
}

const placeholder = /\{\{\s*([\w-]+)\s*\}\}/g;
const cache = new Map<string, Promise<Prompt>>();

/**
 * Reads `prompts/<name>.md` and checks that it takes exactly the named inputs.
 *
 * @throws DetectiveError `bad-argument` for a prompt that is missing, malformed, or takes other inputs.
 */
export async function loadPrompt<Input extends string>(name: string, inputs: readonly Input[]): Promise<Prompt<Input>> {
  let loading = cache.get(name);
  if (!loading) {
    loading = readPrompt(name);
    cache.set(name, loading);
    loading.catch(() => cache.delete(name));
  }
  const prompt = await loading;
  const declared = [...prompt.inputs].sort().join(', ');
  const wanted = [...inputs].sort().join(', ');
  if (declared !== wanted) throw bad(`prompt ${name} takes the inputs ${declared}, but the code gives ${wanted}`);
  return prompt as Prompt<Input>;
}

async function readPrompt(name: string): Promise<Prompt> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw bad(`${JSON.stringify(name)} is no prompt name: use a-z, 0-9 and hyphens`);
  const path = join(packageRoot(), 'prompts', `${name}.md`);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DetectiveError('bad-argument', `prompt ${name} cannot be read from ${path}: ${errorMessage(cause)}`, {
      cause,
    });
  }
  const prompt = parsePrompt(source);
  if (prompt.name !== name) throw bad(`${path} calls itself ${prompt.name}; name and file must agree`);
  return prompt;
}

/**
 * Parses a prompt file: front matter between two `---` lines (`name`, `version`, `inputs`), then the text.
 *
 * @throws DetectiveError `bad-argument` where a field is missing or the text's placeholders are not the inputs.
 */
export function parsePrompt(source: string): Prompt {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(source);
  if (!parts) throw bad('a prompt file begins with front matter between two lines of ---');
  const fields = new Map(
    parts[1]!
      .split(/\r?\n/)
      .map((line) => /^([a-z]+):\s*(.*)$/.exec(line))
      .flatMap((match) => (match ? [[match[1]!, match[2]!.trim()] as const] : [])),
  );
  const name = fields.get('name');
  const version = Number(fields.get('version'));
  const listed = fields.get('inputs');
  if (!name) throw bad('a prompt file needs a name in its front matter');
  if (!Number.isInteger(version) || version < 1) throw bad(`prompt ${name} needs a whole version number from 1 up`);
  if (listed === undefined) throw bad(`prompt ${name} needs inputs in its front matter (empty where it takes none)`);
  const inputs = listed.split(/[\s,]+/).filter(Boolean);
  const text = parts[2]!.trim();
  const used = new Set([...text.matchAll(placeholder)].map((match) => match[1]!));
  for (const input of inputs) if (!used.has(input)) throw bad(`prompt ${name} never uses its input ${input}`);
  for (const input of used)
    if (!inputs.includes(input)) throw bad(`prompt ${name} has an unknown placeholder ${input}`);
  return { name, version, inputs, text };
}

/**
 * Fills a prompt in one pass: what an input holds is never read as a placeholder.
 *
 * @throws DetectiveError `bad-argument` for an input that is missing or unknown.
 */
export function renderPrompt<Input extends string>(prompt: Prompt<Input>, inputs: Record<Input, string>): string {
  const given: Record<string, string> = inputs;
  for (const input of prompt.inputs) {
    if (!Object.hasOwn(given, input) || typeof given[input] !== 'string') {
      throw bad(`prompt ${prompt.name} needs the input ${input}`);
    }
  }
  for (const input of Object.keys(given)) {
    if (!(prompt.inputs as readonly string[]).includes(input)) throw bad(`prompt ${prompt.name} has no input ${input}`);
  }
  return prompt.text.replace(placeholder, (_, input: string) => given[input]!);
}

/** A line of tildes that none of the texts holds: what stands between two of them cannot end them. */
export function chooseFence(texts: readonly string[]): string {
  let fence = '~~~~';
  for (const text of texts) {
    for (const run of text.match(/~+/g) ?? []) if (run.length >= fence.length) fence = '~'.repeat(run.length + 1);
  }
  return fence;
}

let root: string | undefined;

/** The folder of this package, from its sources as from its bundle. */
export function packageRoot(): string {
  if (root) return root;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isPackageRoot(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw bad(`the package vlm-detective was not found above ${fileURLToPath(import.meta.url)}`);
    folder = parent;
  }
  root = folder;
  return root;
}

function isPackageRoot(folder: string): boolean {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return false;
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown }).name === 'vlm-detective';
  } catch {
    return false;
  }
}

function bad(message: string): DetectiveError {
  return new DetectiveError('bad-argument', message);
}

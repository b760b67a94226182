import type { Command } from 'commander';
import { vllmCommand } from '../../src/scorer/served/vllm/vllm-command.js';
import type { Io } from '../io.js';

export const define = (parent: Command): Command =>
  parent
    .command('vllm-command')
    .description('Print the command that serves a TLDR checkpoint by vLLM, for the scorer vllm:URL.')
    .argument('<folder>', 'what `python -m tldr_vlm.export_vllm` wrote')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective models vllm-command ./tldr-qwen
  $ vlm-detective score photo.jpg --text "…" --scorer vllm:http://localhost:8000#./tldr-qwen`,
    );

/** `vlm-detective models vllm-command`. */
export async function run(io: Io, folder: string): Promise<void> {
  io.stdout.write(`${await vllmCommand(folder)}\n`);
}

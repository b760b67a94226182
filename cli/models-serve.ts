import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../src/base/package-root.js';

/** `vlm-detective models export-triton` and `models vllm-command`. */
export function addModelsServe(models: Command): void {
  models
    .command('export-triton')
    .description('Write a Triton model repository of a TLDR folder, for the scorer oip:URL.')
    .argument('[folder]', 'a TLDR model folder (default: the embedded one)')
    .requiredOption('--out <folder>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective models export-triton --out repository
  $ vlm-detective models export-triton ./my-tldr --out repository
  $ tritonserver --model-repository repository
  $ vlm-detective score photo.jpg --text "…" --scorer oip:http://localhost:8000#./my-tldr`,
    )
    .action(async (folder: string | undefined, { out }: { out: string }) => {
      const { writeTritonRepository } = await import('../src/scorer/served/oip/triton-repository.js');
      const model = folder ?? join(packageRoot(), 'models', 'tldr-scenes');
      const names = await writeTritonRepository(model, out);
      process.stdout.write(names.map((name) => `${join(out, name)}\n`).join(''));
    });

  models
    .command('vllm-command')
    .description('Print the command that serves a TLDR checkpoint by vLLM, for the scorer vllm:URL.')
    .argument('<folder>', 'what `python -m tldr_vlm.export_vllm` wrote')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective models vllm-command ./tldr-qwen
  $ vlm-detective score photo.jpg --text "…" --scorer vllm:http://localhost:8000#./tldr-qwen`,
    )
    .action(async (folder: string) => {
      const { vllmCommand } = await import('../src/scorer/served/vllm/vllm-command.js');
      process.stdout.write(`${await vllmCommand(folder)}\n`);
    });
}

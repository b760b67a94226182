import type { Command } from 'commander';
import { addModelsPull } from './models-pull.js';
import { addModelsServe } from './models-serve.js';

/** `vlm-detective models …`: each subcommand in a file of its own, `models-*.ts`. */
export function addModels(program: Command): void {
  const models = program
    .command('models')
    .description('Fetch the weights of scorers, and export models to the servers that run them.');
  addModelsPull(models);
  addModelsServe(models);
}

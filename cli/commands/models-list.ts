import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { sha256Of } from '../../src/scorer/weights/evidence-download.js';
import { modelFile, publishedModels } from '../../src/scorer/weights/evidence-models.js';
import { printHubAddress } from '../../src/scorer/weights/hub-address.js';
import { pulledFolders } from '../../src/scorer/weights/hub-pull.js';
import { unpinnedFile, unpinnedModels } from '../../src/scorer/weights/unpinned-models.js';
import type { Io } from '../io.js';

export const define = (parent: Command): Command =>
  parent.command('list').description('The models that can be fetched, and which of them are here.');

/** `vlm-detective models list`: name, size, licence and place of each, a line each. */
export async function run(io: Io): Promise<void> {
  for (const model of publishedModels) {
    const file = modelFile(model);
    const found = await sha256Of(file);
    const state = found === model.sha256 ? file : found === null ? 'not here' : `${file} (damaged: pull it again)`;
    io.stdout.write(`${model.name}\t${(model.bytes / 1e6).toFixed(1)} MB\t${model.licence}\t${state}\n`);
  }
  for (const model of unpinnedModels) {
    const { name, size, licence } = model;
    const file = unpinnedFile(model);
    io.stdout.write(`${name}\t${size}\t${licence}\t${existsSync(file) ? file : 'not here (only --from FILE)'}\n`);
  }
  for (const { address, folder } of await pulledFolders())
    io.stdout.write(`${printHubAddress(address)}\tfrom a hub\tsee its page\t${folder}\n`);
}

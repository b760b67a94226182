import type { Command } from 'commander';

/** `vlm-detective models list` and `models pull NAME`. */
export function addModelsPull(models: Command): void {
  models
    .command('list')
    .description('The models that can be fetched, and which of them are here.')
    .action(async () => {
      const [{ modelFile, publishedModels }, { sha256Of }] = await load();
      for (const model of publishedModels) {
        const file = modelFile(model);
        const found = await sha256Of(file);
        const state = found === model.sha256 ? file : found === null ? 'not here' : `${file} (damaged: pull it again)`;
        process.stdout.write(`${model.name}\t${(model.bytes / 1e6).toFixed(1)} MB\t${model.licence}\t${state}\n`);
      }
    });

  models
    .command('pull')
    .description('Fetch the published weights of a scorer once, and check them.')
    .argument('<name>', 'yolox-nano')
    .option('--from <path or URL>', 'a file that you have already, or a mirror: the same bytes are asked of it')
    .addHelpText(
      'after',
      `
A download that broke off goes on where it stopped. The file goes to $VLM_DETECTIVE_MODELS, or to the cache folder.

Examples:
  $ vlm-detective models pull yolox-nano
  $ vlm-detective models pull yolox-nano --from ~/Downloads/yolox_nano.onnx`,
    )
    .action(async (name: string, { from }: { from?: string }) => {
      const [{ publishedModel }, { pullModel }, { startProgress }] = await load();
      const model = publishedModel(name);
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once('SIGINT', interrupt);
      const bar = startProgress(async () => model.bytes);
      try {
        const { file, fetched } = await pullModel(model, {
          signal: stop.signal,
          onProgress: (bytes) => bar.step(bytes),
          ...(from === undefined ? {} : { from }),
        });
        bar.stop();
        process.stderr.write(fetched ? `${model.name}, ${model.licence}:\n` : `${model.name} is here already:\n`);
        process.stdout.write(`${file}\n`);
      } finally {
        bar.stop();
        process.off('SIGINT', interrupt);
        if (stop.signal.aborted) process.exitCode = 130;
      }
    });
}

const load = () =>
  Promise.all([
    import('../scorer/evidence-models.js'),
    import('../scorer/evidence-download.js'),
    import('./progress.js'),
  ]);

import { openModelFolder } from '../../../src/scorer/tldr/model-folder.js';
import { scorerOf } from '../../../src/scorer/tldr/tldr-scorer.js';
import { startWorker, type WorkerClient } from '../../../src/scorer/tldr/worker-client.js';
import { type TinyModelOptions, tinyModel } from './tiny-model.js';

/** A scorer on a real worker whose requests are noted and, while it is held, wait: what order things have is the test's to say. */
export async function heldScorer(options: TinyModelOptions = {}) {
  const model = await openModelFolder(await tinyModel(options));
  const { mean, std } = model.manifest.image;
  const { imageEncoder, rewardDecoder } = model;
  const worker = startWorker({ imageEncoder, rewardDecoder, threads: 1, mean, std });
  const sent: string[] = [];
  let free = Promise.resolve();
  let letGo = () => {};
  const held: WorkerClient = {
    async send(request) {
      sent.push(request.type);
      await free;
      return worker.send(request);
    },
    close: () => worker.close(),
  };
  return {
    scorer: await scorerOf(model, [held]),
    /** The types of all requests that the pool has sent. */
    sent,
    hold() {
      free = new Promise((resolve) => {
        letGo = resolve;
      });
    },
    letGo: () => letGo(),
  };
}

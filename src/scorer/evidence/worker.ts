import { workerData } from 'node:worker_threads';
import { type Answer, serveRequests } from '../thread/serve-requests.js';
import type { ThreadData } from '../thread/thread-client.js';
import type { AnyReply, EvidenceSetup, LookRequest } from './messages.js';
import { openDetector } from './objects/detect.js';
import { openReader } from './ocr/read.js';
import { openSession } from './session.js';

// onnxruntime-node's run() blocks the thread that calls it, so the sessions live here

const setup = workerData as ThreadData<EvidenceSetup>;

async function openEye() {
  if (setup.kind === 'ocr') {
    const sessions = await Promise.all([
      openSession(setup.detection, setup.threads, setup.calls),
      openSession(setup.recognition, setup.threads, setup.calls),
    ]);
    return { look: openReader(...sessions, setup.dictionary), sessions };
  }
  const session = await openSession(setup.model, setup.threads, setup.calls, true);
  return { look: await openDetector(session, setup.model), sessions: [session] };
}

const eye = openEye();
eye.catch(() => {});

async function answer({ id, pixels, width, height, names }: LookRequest): Promise<Answer<AnyReply>> {
  const { look } = await eye;
  const found = await look({ data: pixels, width, height }, names);
  return { reply: { id, found } as AnyReply, transfer: [] };
}

serveRequests(answer, async () => {
  const { sessions } = await eye.catch(() => ({ sessions: [] }));
  await Promise.all(sessions.map((session) => session.release()));
});

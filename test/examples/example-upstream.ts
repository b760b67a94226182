import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { drawScene } from '../../scenes/index.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { type Reply, sendJson, serve } from '../http/wire-server.js';

/** The wrong word is green: the car of the picture is red. */
export const wrongAnswer = 'There are two dogs to the left of a green car.';
export const rightAnswer = 'There are two dogs to the left of a red car.';

/** A drawn scene with two dogs, left of a red car, as a PNG file. */
export async function writePicture(path: string): Promise<void> {
  const thing = (id: number, group: number, x: number, w: number) =>
    ({ id, group, x, y: 0.6, w, h: w, rotation: 0, flip: false }) as const;
  const group = (id: number, noun: string, icon: string, tint: string | null, objects: ReturnType<typeof thing>[]) => {
    const size = id === 0 ? 'small' : 'large';
    return { id, noun, icon, style: 'noto', count: objects.length, tint, colour: tint, size, objects };
  };
  const scene = {
    id: 'example',
    seed: 3,
    width: 640,
    height: 640,
    ground: { kind: 'graded', colour: 'white' },
    sign: null,
    groups: [
      group(0, 'dog', 'dog', null, [thing(0, 0, 0.15, 0.16), thing(1, 0, 0.34, 0.16)]),
      group(1, 'car', 'automobile', 'red', [thing(2, 1, 0.74, 0.32)]),
    ],
  };
  const { data, width, height } = await drawScene(scene as never);
  writeFileSync(
    path,
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

/** A chat completions API that gives the wrong answer, and rewrites what is marked by a small dictionary. */
const reply: Reply = ({ body }, response) => {
  const prompt = JSON.stringify(body.messages);
  const marked = [...prompt.matchAll(/⟦(\d+):([^⟧]*)⟧/g)];
  const edits = marked.map(([, span, words = '']) => ({
    span: Number(span),
    replacement: words.replace('green', 'red'),
    scope: 'span',
  }));
  const content = marked.length > 0 ? JSON.stringify({ edits }) : wrongAnswer;
  if (!body.stream) return sendJson(response, chatCompletion({ content }));
  const event = (delta: object, finish_reason: string | null = null) => {
    const choices = [{ index: 0, delta, finish_reason }];
    const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: body.model, choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  event({ role: 'assistant', content: '' });
  for (const word of content.match(/\s*\S+/g) ?? []) event({ content: word });
  event({}, 'stop');
  response.end('data: [DONE]\n\n');
};

export const startUpstream = () => serve(reply);

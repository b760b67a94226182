// A chat back end on Fastify: one more plugin, and its answers about pictures are corrected. Streams too.
import Fastify from 'fastify';
import OpenAI from 'openai';
import { createScorer } from 'vlm-detective';
import { selfCorrection } from 'vlm-detective/fastify';

const openai = new OpenAI(); // OPENAI_API_KEY, OPENAI_BASE_URL
const app = Fastify({ bodyLimit: 20 * 1024 * 1024 });
await app.register(selfCorrection({ scorer: await createScorer('auto') }));

app.post('/v1/chat/completions', async (request, reply) => {
  const answer = await openai.chat.completions.create(request.body).asResponse();
  return reply.header('content-type', answer.headers.get('content-type')).send(answer.body);
});

console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })}`);

// A chat back end on Hono: one more middleware, and its answers about pictures are corrected. Streams too.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import OpenAI from 'openai';
import { createScorer } from 'vlm-detective';
import { selfCorrection } from 'vlm-detective/hono';

const openai = new OpenAI(); // OPENAI_API_KEY, OPENAI_BASE_URL
const app = new Hono();
app.use('/v1/*', selfCorrection({ scorer: await createScorer('auto') }));

app.post('/v1/chat/completions', async (context) => {
  const answer = await openai.chat.completions.create(await context.req.json()).asResponse();
  return new Response(answer.body, { headers: { 'content-type': answer.headers.get('content-type') } });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
});

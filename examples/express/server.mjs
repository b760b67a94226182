// A chat back end on Express: one more middleware, and its answers about pictures are corrected. Streams too.
import express from 'express';
import OpenAI from 'openai';
import { createScorer } from 'vlm-detective';
import { selfCorrection } from 'vlm-detective/express';

const openai = new OpenAI(); // OPENAI_API_KEY, OPENAI_BASE_URL
const app = express();
app.use(express.json({ limit: '20mb' }), selfCorrection({ scorer: await createScorer('auto') }));

app.post('/v1/chat/completions', async (request, response) => {
  const answer = await openai.chat.completions.create(request.body);
  if (!request.body.stream) return response.json(answer);
  response.type('text/event-stream');
  for await (const chunk of answer) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end('data: [DONE]\n\n');
});

const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

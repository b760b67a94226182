import {
  type CallToolResult,
  McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { errorMessage } from '../../base/errors.js';
import { correctInput, correctOutput, explainInput, explainOutput, scoreInput, scoreOutput } from './tool-schemas.js';
import { createTools, reportScheme, type ToolOptions } from './tools.js';

export interface McpOptions extends ToolOptions {
  version: string;
  /** Whether the scorer or the rewriter calls somebody's API: clients show that. */
  asksOthers: boolean;
}

/**
 * Makes servers with three tools and the reports of their corrections. One is made for each connection or request; the
 * scorer and the reports are shared by all.
 */
export function mcpServers(options: McpOptions): () => McpServer {
  const { scorer, rewriter } = options;
  const tools = createTools(options);
  return () => {
    const server = new McpServer(
      { name: 'vlm-detective', title: 'VLM detective', version: options.version },
      {
        instructions:
          'Before you tell somebody what is in a picture, check your words with score_answer, or have the wrong ones replaced with correct_answer. Give pictures by file path.',
      },
    );
    const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: options.asksOthers };
    server.registerTool(
      'score_answer',
      {
        title: 'Check an answer against a picture',
        description: `Scores every word of a text about a picture, from 0 (made up) to 1 (supported), and lists the words that the picture does not support. Scorer: ${scorer.name}. It says so where it cannot judge a picture. Offsets are UTF-16. It changes nothing.`,
        inputSchema: scoreInput,
        outputSchema: scoreOutput,
        annotations: { ...annotations, idempotentHint: true },
      },
      told(tools.score),
    );
    server.registerTool(
      'correct_answer',
      {
        title: 'Correct an answer against a picture',
        description: `Finds the words of a text that the picture does not support and replaces only those; gives the corrected text and every change. Scorer: ${scorer.name}; rewriter: ${rewriter.name}. The report is kept for an hour. It changes no file.`,
        inputSchema: correctInput,
        outputSchema: correctOutput,
        annotations: { ...annotations, idempotentHint: false },
      },
      told(tools.correct),
    );
    server.registerTool(
      'explain_report',
      {
        title: 'Explain a correction',
        description:
          'What was flagged, changed, and tried and taken back in each round of a correction, with what was seen in the picture.',
        inputSchema: explainInput,
        outputSchema: explainOutput,
        annotations: { ...annotations, idempotentHint: true, openWorldHint: false },
      },
      told(tools.explain),
    );
    server.registerResource(
      'report',
      new ResourceTemplate(`${reportScheme}{id}`, { list: undefined }),
      { title: 'Report of a correction', mimeType: 'application/json' },
      (uri, { id }) => {
        const report = tools.report(String(id));
        if (report === undefined) throw new ResourceNotFoundError(uri.href);
        return { contents: [{ uri: uri.href, mimeType: 'application/json', text: report }] };
      },
    );
    return server;
  };
}

/** What a tool throws goes to the model, which can mend what it asked: the message, and nothing else of the error. */
const told =
  <Asked>(work: (asked: Asked, context: ServerContext) => CallToolResult | Promise<CallToolResult>) =>
  async (asked: Asked, context: ServerContext): Promise<CallToolResult> => {
    try {
      return await work(asked, context);
    } catch (error) {
      return { isError: true, content: [{ type: 'text', text: errorMessage(error).slice(0, 2000) }] };
    }
  };

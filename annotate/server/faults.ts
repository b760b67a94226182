import type { ErrorHandler } from 'hono';
import * as z from 'zod';
import { type ErrorCode, errorMessage, isDetectiveError } from '../../src/base/errors.js';

const askOperator = 'tell whoever runs this page';
/** What people at the page can do about it; where it happened goes to whoever runs it. */
const forPeople: Partial<Record<ErrorCode, { status: 404 | 500 | 507; message: string }>> = {
  'store-failed': {
    status: 507,
    message: `the server cannot write to its disk; what you did is kept in this browser: ${askOperator}`,
  },
  'bad-image': { status: 404, message: `the file is missing or is no picture: skip this answer, and ${askOperator}` },
  'missing-dependency': { status: 500, message: `the page is not wholly installed: ${askOperator}` },
};

/** Answers a request that failed. What is not the caller's doing is told in full to `log` alone. */
export const tellFault =
  (log: (line: string) => void): ErrorHandler =>
  (error, context) => {
    if (error instanceof z.ZodError)
      return context.json({ error: `the request ${z.prettifyError(error).replace(/\s+/g, ' ')}` }, 400);
    if (error instanceof SyntaxError) return context.json({ error: 'the request is no JSON' }, 400);
    const told = isDetectiveError(error) && error.code !== 'bad-input' ? forPeople[error.code] : undefined;
    if (isDetectiveError(error) && !told) return context.json({ error: errorMessage(error) }, 400);
    log(`${context.req.method} ${context.req.path}: ${errorMessage(error)}`);
    const { status, message } = told ?? { status: 500, message: `something went wrong in here: ${askOperator}` };
    return context.json({ error: message }, status);
  };

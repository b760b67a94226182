import { DetectiveError } from '../../../base/errors.js';

/** Where a served model is: `[MODEL@]URL[#FOLDER]`. */
export interface ServedSpec {
  url: string;
  model?: string;
  folder?: string;
}

/** @throws DetectiveError `bad-argument` where it has another form. */
export function parseServedSpec(kind: string, spec: string): ServedSpec {
  const match = /^(?:([^#]*?)@)?(https?:\/\/[^\s#]+)(?:#(.+))?$/i.exec(spec);
  if (!match || match[1] === '')
    throw new DetectiveError(
      'bad-argument',
      `${kind}:${spec.slice(0, 100)} does not say where the model is served: use ${kind}:http://localhost:8000, or ${kind}:MODEL@URL#FOLDER`,
    );
  const [, model, url, folder] = match;
  return { url: url!, ...(model === undefined ? {} : { model }), ...(folder === undefined ? {} : { folder }) };
}

import { throwIfAborted } from '../../base/abort.js';
import { breather } from '../../base/breathe.js';
import type { SpanEdit } from '../../text/flagged-span.js';
import type { Rewriter } from '../rewriter.js';

/**
 * A rewriter that needs no network. It proposes for each span what the scorer saw or read (its evidence), a handful of
 * words of the same kind; for directions, sizes and negations their opposites; a whole answer for a wrong yes or no; and,
 * where none of these stand in, deletion. They are alternatives among which the scorer chooses.
 */
export function localRewriter(): Rewriter {
  return {
    name: 'local',
    async rewrite(request) {
      throwIfAborted(request.signal, 'rewriting');
      const [{ gatherKnowledge }, { proposals }] = await Promise.all([
        import('./knowledge.js'),
        import('./proposals.js'),
      ]);
      const knowledge = gatherKnowledge(request.response, request.evidence ?? [], request.prompt);
      const breathe = breather(request.signal);
      const edits: SpanEdit[] = [];
      for (const span of request.spans) {
        await breathe();
        edits.push(...proposals(span, request, knowledge));
      }
      return { edits };
    },
  };
}

import { correctWith, type HttpCall, isEventStream, type ResponseOptions, readCall } from './correct-response.js';
import { headStart } from './head-start.js';

const nothing = () => {};

/**
 * Asks a model and corrects its answer as `correctResponse` does. While the model is at it, the scorer works on the
 * pictures of the call. An answer that is not corrected is the original itself.
 *
 * @param optionsFor The options of the correction, once the answer begins to come.
 * @throws what `ask` throws.
 */
export async function askAndCorrect(
  request: HttpCall,
  { scorer, stream }: Pick<ResponseOptions, 'scorer' | 'stream'>,
  ask: () => Promise<Response>,
  optionsFor: (response: Response) => ResponseOptions,
): Promise<{ original: Response; corrected: Response }> {
  const asking = ask();
  asking.catch(nothing);
  const reading = readCall(request);
  // what fails here is told where the answer is corrected
  const call = await reading.catch(nothing);
  const isHeldBack = call && !(call.reading.stream && stream === 'off');
  const over = isHeldBack ? headStart(call.reading, scorer) : nothing;
  let goesOn = false;
  try {
    const original = await asking;
    const read = async () => {
      const known = await reading;
      // others may have put keys among them on the way out
      return known && { ...known, headers: new Headers(request.headers), over };
    };
    const corrected = await correctWith(request, original, optionsFor(original), read);
    goesOn = corrected !== original && isEventStream(corrected);
    return { original, corrected };
  } finally {
    if (!goesOn) over();
  }
}

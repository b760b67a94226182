let warnedOfStream = false;

/** Says once in a process that streams are passed on as they come. */
export function warnOfStream(): void {
  if (warnedOfStream) return;
  warnedOfStream = true;
  process.emitWarning('A streaming call was passed through uncorrected. Call without `stream` to have it corrected.', {
    type: 'DetectiveWarning',
    code: 'VLM_DETECTIVE_STREAM',
  });
}

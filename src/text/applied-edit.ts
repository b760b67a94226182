/** One change of the final text, from the original (`start`, `end` in the original's UTF-16 offsets). */
export interface AppliedEdit {
  start: number;
  end: number;
  from: string;
  to: string;
}

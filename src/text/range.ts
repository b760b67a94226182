/** A run of text by UTF-16 offsets, half open. */
export interface Range {
  start: number;
  end: number;
}

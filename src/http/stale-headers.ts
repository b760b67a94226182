/** They tell of the old bytes; fetch has undone the encoding. */
export const staleHeaders: readonly string[] = [
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'content-md5',
  'digest',
  'etag',
];

export { type RunHeader, runHeader } from './header.js';
export { type Ledger, type LedgerRecord, openLedger, readLedger } from './ledger.js';
export { type Part, type RatioSums, ratioSums } from './ratios.js';
export { type RunEnd, type RunItemsOptions, runItems } from './run.js';

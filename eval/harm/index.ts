export type { HarmItem } from './items.js';
export { sceneHarmItems } from './items.js';
export { type HarmOutcome, type HarmRecord, type HarmRun, measureHarm } from './measure.js';
export { readHarmItems } from './read-items.js';
export { type HarmRow, type HarmSummary, summariseHarm } from './summary.js';

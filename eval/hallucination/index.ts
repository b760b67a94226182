export { type Correlation, correlate, twoSidedT } from './correlation.js';
export { type HallucinationRates, hallucinationRates, type ScoredText } from './rates.js';
export { type RateCorrelation, rateCorrelations } from './report.js';

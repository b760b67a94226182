import fc from 'fast-check';

// one seed for everyone, so that a green run is green everywhere; explore others with FC_SEED=1 npm test
fc.configureGlobal({
  seed: Number(process.env.FC_SEED ?? 20261123),
  // the fast tests try as many cases as they can in a moment; `npm test` tries them all
  ...(process.env.VLM_DETECTIVE_FAST_TESTS ? { interruptAfterTimeLimit: 200, markInterruptAsFailure: false } : {}),
});

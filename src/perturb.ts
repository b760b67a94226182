export { createPerturber } from './perturb/create-perturber.js';
export { rulesPerturber } from './perturb/perturb.js';
export { type PerturbationType, type Perturbed, type Perturber, perturbationTypes } from './perturb/perturbation.js';

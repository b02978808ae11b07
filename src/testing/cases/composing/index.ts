/** Generators that change the cases of others. */
export type { Maskable } from './maskable.js';
export { factorFromSketch, withFactor } from './with-factor.js';
export { maskedFromSketch, withMask } from './with-mask.js';
export { networkFromSketch, withNetwork } from './with-network.js';
export { type ParticleRange, particlesFromSketch, withParticles } from './with-particles.js';
export { type SubsampledCase, subsampledFromSketch, withSubsample } from './with-subsample.js';

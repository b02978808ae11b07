/** Sound models that exact laws are asked of, by seed. */
import * as fc from 'fast-check';
import { boundCases, conjugatePairs, discreteGraphs, linearGaussian } from 'marginalia/testing';
import {
  autoencoder,
  finite,
  gaussian,
  hierarchy,
  mixed,
} from '../testing/bounds/gradient/gradient-subjects.js';
import type { Sound } from './exact-laws.js';

const generated = (name: string, arbitrary: fc.Arbitrary<ReturnType<Sound['make']>>): Sound => ({
  name,
  make: (seed) => {
    const [made] = fc.sample(arbitrary, { seed, numRuns: 1 });
    if (made === undefined) throw new Error('fast-check made no case.');
    return made;
  },
});

/** Networks, a hierarchy, numbers, bits, and what the generators make. */
export const soundSubjects: readonly Sound[] = [
  { name: 'a relu network', make: () => autoencoder('relu') },
  { name: 'a tanh network', make: () => autoencoder('tanh') },
  { name: 'a hierarchy', make: () => hierarchy },
  { name: 'a number', make: () => gaussian },
  { name: 'bits and classes', make: () => finite },
  { name: 'a bit and a number', make: () => mixed },
  generated('linear-Gaussian', linearGaussian()),
  generated('strongly correlated', linearGaussian({ correlation: 0.9 })),
  // As hard as can be asked for: curvature in one direction a hundred times that of another, far away.
  generated('nearly collinear', linearGaussian({ correlation: 0.99, gap: { min: 10, max: 60 } })),
  generated('discrete graphs', discreteGraphs()),
  generated('conjugate pairs', conjugatePairs()),
  generated('cases of every kind', boundCases()),
];

/** No exact law fails by chance: over 2,000 seeds of networks, hierarchies and generated cases. */
import * as fc from 'fast-check';
import { discreteGraphs, linearGaussian } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import {
  autoencoder,
  finite,
  gaussian,
  hierarchy,
  mixed,
} from '../testing/bounds/gradient-subjects.js';
import { type Sound, campaign } from './exact-laws.js';

/** How many seeds, over all subjects. */
const SEEDS = Number(process.env['LAWS_SEEDS'] ?? 2000);

const generated = (name: string, arbitrary: fc.Arbitrary<ReturnType<Sound['make']>>): Sound => ({
  name,
  make: (seed) => {
    const [made] = fc.sample(arbitrary, { seed, numRuns: 1 });
    if (made === undefined) throw new Error('fast-check made no case.');
    return made;
  },
});

const subjects: readonly Sound[] = [
  { name: 'a relu network', make: () => autoencoder('relu') },
  { name: 'a tanh network', make: () => autoencoder('tanh') },
  { name: 'a hierarchy', make: () => hierarchy },
  { name: 'a number', make: () => gaussian },
  { name: 'bits and classes', make: () => finite },
  { name: 'a bit and a number', make: () => mixed },
  generated('linear-Gaussian', linearGaussian()),
  generated('strongly correlated', linearGaussian({ correlation: 0.9 })),
  generated('discrete graphs', discreteGraphs()),
];

describe('exact laws', () => {
  it.each(subjects)('raise no alarm for $name', async (subject) => {
    const each = Math.ceil(SEEDS / subjects.length);
    const { alarms, tallies } = await campaign(
      subject,
      Array.from({ length: each }, (_, i) => i),
    );
    console.log(subject.name, JSON.stringify(tallies));
    expect(alarms).toEqual([]);
  });
});

/** Faults in the examples that prove something of the engine. */
import type { Mutation } from './mutation.js';

export const examples: readonly Mutation[] = [
  {
    name: 'the cone: weights of an auxiliary variable averaged, not their reciprocals',
    file: 'examples/cone/hierarchical.ts',
    find: 'logPowerMean(weights, -1)',
    replace: 'logPowerMean(weights, 1)',
    killedBy: 'test/cone.test.ts',
  },
  {
    name: 'the cone: reverse draws without the one that made the point',
    file: 'examples/cone/hierarchical.ts',
    find: '[joint, ...elsewhere]',
    replace: '[...elsewhere]',
    killedBy: 'test/cone.test.ts',
  },
  {
    name: 'the cone: reverse draws weighed without the reverse kernel',
    file: 'examples/cone/hierarchical.ts',
    find: "model: 'live',",
    replace: '',
    killedBy: 'test/cone.test.ts',
  },
  {
    name: 'reference posteriors: another prior of a scale',
    file: 'examples/posteriors/eight-schools.ts',
    find: 'halfCauchy(5)',
    replace: 'halfCauchy(1)',
    killedBy: 'test/posteriors.test.ts',
  },
  {
    name: 'reference posteriors: directions of the wrong length',
    file: 'examples/posteriors/least-squares.ts',
    find: 'columns.map((b) => dot(a, b) / n)',
    replace: 'columns.map((b) => dot(a, b))',
    killedBy: 'test/posteriors.test.ts',
  },
  {
    name: 'reference posteriors: a mean or a deviation is enough',
    file: 'examples/posteriors/judge.ts',
    find: '<= TOLERANCE && Math',
    replace: '<= TOLERANCE || Math',
    killedBy: 'test/posteriors.test.ts',
  },
];

/** Objectives, estimators and optimisers: what is unknown, missing or out of range is named. */
import { adam, elbo, iwae, sgd } from 'marginalia';
import { gumbelSoftmax, scoreFunction, straightThrough } from 'marginalia/estimators';
import {
  betaElbo,
  cubo,
  eubo,
  gaussianKernel,
  infoVae,
  renyi,
  reweightedWakeSleep,
  sleepPhi,
  tailAdaptive,
  varGrad,
  vimco,
  wakePhi,
  wakeTheta,
} from 'marginalia/objectives';
import { rmsprop } from 'marginalia/optimizers';
import { describe, expect, it } from 'vitest';

/** Options that the compiler would refuse, as JavaScript gives them. */
const untyped = (options: unknown): never => options as never;

describe('an objective refuses', () => {
  const particled = [
    ['elbo', (o: never) => elbo(o)],
    ['iwae', (o: never) => iwae(o)],
    ['renyi', (o: never) => renyi(o)],
    ['vimco', (o: never) => vimco(o)],
    ['varGrad', (o: never) => varGrad(o)],
    ['tailAdaptive', (o: never) => tailAdaptive(o)],
    ['eubo', (o: never) => eubo(o)],
    ['cubo', (o: never) => cubo(o)],
    ['wakeTheta', (o: never) => wakeTheta(o)],
    ['wakePhi', (o: never) => wakePhi(o)],
    ['reweightedWakeSleep', (o: never) => reweightedWakeSleep(o)],
    ['betaElbo', (o: never) => betaElbo(untyped({ beta: 1, ...Object(o) }))],
    [
      'infoVae',
      (o: never) => infoVae(untyped({ lambda: 1, kernel: gaussianKernel(1), ...Object(o) })),
    ],
  ] as const;

  it.each(particled)('misspelt particles, of %s', (name, make) => {
    expect(() => make(untyped({ particle: 3 }))).toThrow(
      new RegExp(`${name}.*'particle'; write 'particles'`),
    );
  });

  it.each(particled)('particles that are no number of draws, of %s', (_, make) => {
    for (const particles of [0, 1.5, Number.NaN, '3']) {
      expect(() => make(untyped({ particles, alpha: 0.5 }))).toThrow(RangeError);
    }
  });

  it.each([
    ['a gradient', () => elbo({ gradient: untyped('pathwize') }), /gradient.*'pathwize'/],
    ['a divergence', () => elbo({ closedFormKl: untyped('no') }), /closedFormKl/],
    ['a baseline', () => iwae({ particles: 2, baseline: untyped('mean') }), /baseline/],
    ['estimators that are none', () => elbo({ estimators: untyped({ z: 1 }) }), /estimators/],
    ['no beta', () => betaElbo(untyped({})), /beta/],
    ['a beta that is a text', () => betaElbo({ beta: untyped('2') }), /beta/],
    ['a kernel that is none', () => infoVae(untyped({ lambda: 1 })), /kernel/],
    ['no sites', () => infoVae({ lambda: 1, kernel: gaussianKernel(1), sites: [] }), /sites/],
    ['a guide that is none', () => sleepPhi(untyped({})), /guide/],
    ['a beta that is not finite', () => tailAdaptive({ particles: 2, beta: Infinity }), /beta/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('an estimator refuses', () => {
  it.each([
    ['an option', () => scoreFunction(untyped({ base: 'none' })), /'base'/],
    ['a baseline', () => scoreFunction({ baseline: untyped('mean') }), /baseline/],
    [
      'a baseline at two sites',
      () => scoreFunction({ baseline: untyped({ at: 'b' }) }),
      /baseline/,
    ],
    ['no temperature', () => gumbelSoftmax(untyped({})), /temperature/],
    ['a temperature misspelt', () => straightThrough(untyped({ temp: 1 })), /'temp'/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('an optimiser refuses', () => {
  it.each([
    ['a learning rate among its options', () => adam(0.1, untyped({ learningRate: 1 })), /'learn/],
    ['beta1', () => adam(0.1, untyped({ beta1: 0.9 })), /adam.*'beta1'/],
    ['a rate that is a text', () => adam(untyped('0.1')), /learning rate/],
    ['no rate', () => sgd(untyped(undefined)), /learning rate/],
    ['momentum misspelt', () => sgd(0.1, untyped({ momentun: 0.9 })), /write 'momentum'/],
    ['nesterov as a number', () => sgd(0.1, untyped({ momentum: 0.9, nesterov: 1 })), /nesterov/],
    ['rho', () => rmsprop(0.1, untyped({ rho: 0.9 })), /rmsprop.*'rho'/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

/** Names that every object has from its prototype are names like any other. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  block,
  condition,
  deterministic,
  factor,
  intervene,
  key,
  logDensity,
  normal,
  observe,
  param,
  plate,
  predictive,
  program,
  replay,
  sample,
  simulate,
  trace,
} from 'marginalia';
import { enumerate, traceTable } from 'marginalia/handlers';
import { network } from 'marginalia/nn';
import { describe, expect, it } from 'vitest';
import { hostileNames } from '../../src/testing/programs/hostile-names.js';

const numbers = (x: tf.Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

/** A standard normal's log density. */
const logNormal = (x: number): number => -0.5 * x * x - 0.5 * Math.log(2 * Math.PI);

describe.each(hostileNames.map((name) => ({ name })))('the name $name', ({ name }) => {
  it('is a site that is drawn, given, replayed, scored and read', async () => {
    const model = sample(name, normal(0, 1));
    const drawn = trace(model, { key: key(0) });
    expect(Object.keys(drawn.sites)).toEqual([name]);
    expect(numbers(drawn.sites[name]?.value)).toEqual(numbers(drawn.result));
    expect(numbers(replay(model, drawn).result)).toEqual(numbers(drawn.result));
    const given = trace(model, { values: { [name]: 2 } });
    expect(numbers(given.result)).toEqual([2]);
    expect(numbers(logDensity(model, { values: { [name]: 2 } }))[0]).toBeCloseTo(logNormal(2), 5);
    expect(await traceTable(given)).toContain(name);
    expect(numbers(predictive(model, { key: key(0), samples: 3 })[name])).toHaveLength(3);
  });

  it('needs a value of its own where there is no key', () => {
    expect(() => trace(sample(name, normal(0, 1)), {})).toThrow('a key to draw from');
    expect(() => logDensity(sample(name, normal(0, 1)), {})).toThrow(
      'a value for every latent site',
    );
    const other = trace(sample('other', normal(0, 1)), { values: { other: 1 } });
    expect(() => replay(sample(name, normal(0, 1)), other)).toThrow('every latent site');
  });

  it('is conditioned on, intervened at and blocked', () => {
    const model = sample(name, normal(0, 1));
    expect(numbers(logDensity(condition(model, { [name]: 1 }), {}))[0]).toBeCloseTo(
      logNormal(1),
      5,
    );
    expect(numbers(logDensity(intervene(model, { [name]: 1 }), {}))).toEqual([0]);
    expect(Object.keys(trace(block(model, [name]), { key: key(0) }).sites)).toEqual([]);
  });

  it('is a parameter, and is missing where it is not given', () => {
    const model = param(name, 3);
    expect(numbers(simulate(model, {}))).toEqual([3]);
    expect(numbers(simulate(model, { params: { [name]: tf.scalar(4) } }))).toEqual([4]);
    expect(() => simulate(model, { params: { other: tf.scalar(4) } })).toThrow('a value in params');
  });

  it('is a parameter of a network', () => {
    const double = network('net', { [name]: 2 }, (weights, x: tf.Tensor) => {
      expect(Object.keys(weights)).toEqual([name]);
      return tf.mul(weights[name] ?? 0, x);
    });
    expect(numbers(simulate(double(tf.scalar(3)), {}))).toEqual([6]);
  });

  it('is an observation, a factor, a derived value, and a plate', () => {
    const log = (p: Parameters<typeof logDensity>[0]): number =>
      numbers(logDensity(p, {}))[0] ?? Number.NaN;
    expect(log(observe(name, normal(0, 1), 2))).toBeCloseTo(logNormal(2), 5);
    expect(log(factor(name, -0.5))).toBe(-0.5);
    expect(numbers(trace(deterministic(name, 7), {}).sites[name]?.value)).toEqual([7]);
    const plated = trace(plate(name, 3, sample('z', normal(0, 1))), { key: key(0) });
    expect(plated.sites['z']?.plates).toEqual([name]);
  });

  it('is summed over', () => {
    const { marginals, logEvidence } = enumerate(sample(name, bernoulli({ probs: 0.25 })));
    expect(numbers(marginals[name])).toEqual([0.75, 0.25].map((p) => expect.closeTo(p, 5)));
    expect(numbers(logEvidence)[0]).toBeCloseTo(0, 5);
  });

  it('draws noise of its own', () => {
    const noises = program(function* () {
      const z = yield* sample(name, normal(0, 1));
      yield* plate('z', { size: 4, subsample: 2 }, sample('in plate', normal(0, 1)));
      const w = yield* param('z', {
        shape: [],
        noise: { law: 'normal', shape: [] },
        push: (e) => tf.clone(e),
      });
      return [z, w];
    });
    const [z, w] = simulate(noises, { key: key(3) });
    expect(numbers(z)).not.toEqual(numbers(w));
  });
});

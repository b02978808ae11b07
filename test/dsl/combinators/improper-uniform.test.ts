/** A flat prior: on any support, under a guide in every kind of step, and where nothing can be drawn. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  condition,
  delta,
  elbo,
  fit,
  key,
  normal,
  param,
  paramValues,
  plate,
  positive,
  program,
  real,
  sample,
  simplex,
  svi,
  trace,
} from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  type Support,
  arrayOf,
  improperUniform,
  integers,
  interval,
  lowerCholesky,
  realVector,
} from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { right } from '../../either.js';
import { sameInEveryEngine } from '../../inference/compiled/engines.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

/** Even whole numbers, as a set of a user's own that says nothing of single entries. */
const { inside: _, ...whole } = integers(-10, 10);
const even: Support<'even'> = { ...whole, kind: 'even', name: 'even', isWithin: () => false };

describe('log p is 0 on the support', () => {
  it('of one number, of vectors, and of a set of your own', () => {
    const flat = improperUniform(interval(0, 2), { batchShape: [3] });
    expect(flat.batchShape).toEqual([3]);
    expect(numbers(flat.logProb(tf.tensor1d([0.5, 2.5, -1])))).toEqual([0, -Infinity, -Infinity]);
    const vector = improperUniform(arrayOf(positive), { eventShape: [2] });
    expect(
      numbers(
        vector.logProb(
          tf.tensor2d([
            [1, 2],
            [1, -2],
          ]),
        ),
      ),
    ).toEqual([0, -Infinity]);
    expect(numbers(improperUniform(simplex, { eventShape: [2] }).logProb(tf.ones([4, 2])))).toEqual(
      [0, 0, 0, 0],
    );
    expect(improperUniform(lowerCholesky, { eventShape: [2, 2] }).logProb(tf.eye(2)).shape).toEqual(
      [],
    );
    expect(numbers(improperUniform(even).logProb(tf.scalar(4)))).toEqual([0]);
    const slope = grad((z: Tensor) => tf.sum(improperUniform(positive).logProb(z)));
    expect(numbers(slope(tf.tensor1d([-1, 1])))).toEqual([0, 0]);
  });

  it('and nothing is drawn from it, in a sentence that says what to do', () => {
    const says = /no law is uniform there; take a proper prior, such as normal\(0, 10\)/;
    expect(() => improperUniform(real).sampler.draw([])).toThrow(says);
    expect(() => trace(sample('z', improperUniform(real)), { key: key(0) })).toThrow(says);
    expect(() => improperUniform(realVector)).toThrow(
      /an eventShape of 1 axes, but got \[\]; pass/,
    );
    expect(() => improperUniform(real, { eventShape: [2] })).toThrow(/take arrayOf\(…\)/);
  });
});

const data = [1.5, 2.5, 3, 5];
const model = (x: Tensor) =>
  condition(
    program(function* () {
      const loc = yield* sample('loc', improperUniform(real));
      yield* plate('rows', 4, sample('x', normal(loc, 1)));
    }),
    { x },
  );
const guide = () =>
  program(function* () {
    const loc = yield* param('shift', 0);
    const scale = yield* param('scale', 1, { support: positive });
    yield* sample('loc', normal(loc, scale));
  });

describe('as the prior of a latent that a guide draws', () => {
  const made = svi({ model, guide, objective: elbo(), optimizer: adam(0.1) });
  it('steps are the same in every engine', async () => {
    await sameInEveryEngine(made, tf.tensor1d(data), 2);
  });

  it('the posterior is that of the likelihood', async () => {
    const scored = svi({
      model,
      guide: () =>
        program(function* () {
          yield* sample('loc', delta(yield* param('at', 0)));
        }),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const x = tf.tensor1d(data);
    const { state } = right(
      await fit({
        svi: scored,
        data: { size: 1, batch: () => x },
        batchSize: 1,
        length: { steps: 300 },
        key: key(1),
      })(),
    );
    expect(paramValues(state).at.dataSync()[0]).toBeCloseTo(3, 2);
  });
});

/** Draws are judged by their density whatever the family: a sampler that does nothing never passes. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Distribution,
  type Tensor,
  dirichlet,
  independent,
  mask,
  multivariateNormal,
  normal,
  studentT,
} from 'marginalia';
import { type Support, arrayOf, baseNoise, halfCauchy, integers } from 'marginalia/distributions';
import { lgamma } from 'marginalia/tensors';
import {
  LawNotApplicable,
  checkDistribution,
  checkDraws,
  distributionCases,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

/** The law with the draws of another. */
const drawnFrom = (law: Distribution, { sampler }: Distribution): Distribution => ({
  ...law,
  sampler: { ...sampler, draw: (noise) => ({ value: sampler.draw(noise).value }) },
});

/** Some draws of a law as text, the first of its batch. */
const firstDraws = (law: Distribution): readonly string[] => {
  const COUNT = 40;
  const uniform = (i: number): number => ((i + 0.5) * Math.SQRT2) % 1;
  const blocks = law.sampler.noise.map((n) => {
    const shape = [COUNT, ...law.batchShape, ...n.shape];
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(
      Array.from({ length: size }, (_, i) =>
        n.law === 'uniform' ? uniform(i) : 3 * uniform(i) - 1,
      ),
      shape,
    );
  });
  const { value: drawn } = law.sampler.draw(blocks);
  if (blocks.length === 0) return Array.from({ length: COUNT }, () => '');
  const width = drawn.size / COUNT;
  const values = drawn.dataSync();
  return Array.from({ length: COUNT }, (_, i) => values.slice(i * width, (i + 1) * width).join());
};

/** The law with one value for every draw. */
const stuck = (law: Distribution, at: (drawn: Tensor) => Tensor): Distribution =>
  drawnFrom(law, {
    ...law,
    sampler: {
      ...law.sampler,
      draw: (blocks) => ({ value: at(law.sampler.draw(blocks).value) }),
    },
  });

const zero = (x: Tensor): Tensor => tf.zerosLike(x);

/** Poisson counts by the inversion of their distribution function, without a list of their values. */
const poisson = (rate: number, drawnAt = rate, support: Support = integers(0, Infinity)) => {
  const masses = Array.from({ length: 200 }, (_, k) => k).reduce<readonly number[]>(
    (all, k) => [...all, k === 0 ? Math.exp(-drawnAt) : ((all[k - 1] ?? 0) * drawnAt) / k],
    [],
  );
  const upTo = masses.reduce<readonly number[]>((all, m) => [...all, (all.at(-1) ?? 0) + m], []);
  const d: Distribution = {
    family: { name: 'Poisson', axes: { rate: 0 } },
    parameters: { rate: tf.scalar(rate) },
    support,
    batchShape: [],
    eventShape: [],
    sampler: {
      gradient: 'score',
      noise: [baseNoise('uniform', [])],
      draw: ([u = tf.scalar(0)]) => ({
        value: tf.tensor(
          Array.from(u.dataSync(), (x) => upTo.findIndex((total) => x < total)),
          u.shape,
        ),
      }),
    },
    logProb: (k) => tf.sub(tf.sub(tf.mul(k, Math.log(rate)), rate), lgamma(tf.add(k, 1))),
  };
  return d;
};

const counts = (rate: number, drawnAt = rate): Distribution => {
  const one = poisson(rate, drawnAt);
  return {
    ...one,
    family: { name: 'Poisson counts', axes: { rate: 0 } },
    support: arrayOf(integers(0, Infinity)),
    eventShape: [4],
    sampler: { ...one.sampler, noise: [baseNoise('uniform', [4])] },
    logProb: (k) => {
      if (k.shape.at(-1) !== 4) throw new RangeError('expected four counts');
      return tf.sum(one.logProb(k), -1);
    },
  };
};

const five = tf.zeros([5]);
const correlated = (rho: number, scale = 1): Distribution =>
  multivariateNormal(five, {
    covariance: Array.from({ length: 5 }, (_, i) =>
      Array.from({ length: 5 }, (__, j) => scale ** 2 * (i === j ? 1 : rho)),
    ),
  });
const heavy = (): Distribution => independent(studentT(tf.fill([5], 1), 0, 1));

const sound: readonly (readonly [string, () => Distribution])[] = [
  ['five normals that depend on each other', () => correlated(0.5)],
  ['five half-Cauchy laws', () => independent(halfCauchy(tf.fill([5], 2)))],
  ['shares of four', () => dirichlet([0.7, 1, 2, 5])],
  ['counts without an end', () => poisson(3)],
  ['large counts without an end', () => poisson(60)],
  ['counts below a limit that is not reached', () => poisson(3, 3, integers(0, 150))],
  ['four counts', () => counts(5)],
  ['a masked law', () => mask(normal([0, 1], 1), [0, 1])],
];

describe('draws', () => {
  it.each(sound)('of %s follow their density', (_, make) => {
    tf.tidy(() => checkDistribution(make));
  });

  it('of a law without moments follow their density', () => {
    tf.tidy(() => {
      checkDraws(heavy);
      checkDraws(() => studentT(1, 0, 1));
    });
  });

  const strangers: readonly (readonly [string, () => Distribution])[] = [
    ['five normals that are all 0', () => stuck(correlated(0.5), zero)],
    ['five normals with another scale', () => drawnFrom(correlated(0.5), correlated(0.5, 1.5))],
    ['five normals with another correlation', () => drawnFrom(correlated(0.7), correlated(0))],
    ['five Student laws that are all 0', () => stuck(heavy(), zero)],
    [
      'five Student laws with other tails',
      () => drawnFrom(heavy(), independent(normal(tf.zeros([5]), 1))),
    ],
    ['a Cauchy law that is always 0', () => stuck(studentT(1, 0, 1), zero)],
    [
      'shares that are always equal',
      () => stuck(dirichlet(tf.ones([6])), (x) => tf.fill(x.shape, 1 / 6)),
    ],
    ['shares of another law', () => drawnFrom(dirichlet(tf.ones([6])), dirichlet(tf.fill([6], 2)))],
    ['counts that are always 0', () => stuck(poisson(3), zero)],
    ['counts of another rate', () => poisson(3, 3.4)],
    ['counts of a density that is not normalised', () => offBy(-0.2, poisson(3))],
    ['four counts that are always 0', () => stuck(counts(5), zero)],
    ['four counts of another rate', () => counts(5, 9)],
    ['a masked law that is always 0', () => stuck(mask(normal([0, 1], 1), [0, 1]), zero)],
  ];
  it.each(strangers)('that do not follow their density are found, of %s', (_, make) => {
    tf.tidy(() => {
      expect(() => checkDraws(make)).toThrow(/^The law '.*' is broken/);
    });
  });

  it('of a density that is too large over a window are found', () => {
    tf.tidy(() => {
      const told = "The law 'the density integrates to 1' is broken";
      expect(() => checkDraws(() => offBy(0.1, poisson(3)))).toThrow(told);
    });
  });

  it('that are all the same pass for no family but a point mass', () => {
    fc.assert(
      fc.property(distributionCases, (tried) => {
        tf.tidy(() => {
          const law = tried.make();
          // A point mass, the only shares of one, and a class that is all but certain.
          const seen = firstDraws(law);
          if (seen.filter((draw) => draw === seen[0]).length > seen.length / 4) return;
          const first = (x: Tensor): Tensor => {
            const event = x.shape.slice(1);
            return tf.add(tf.slice(x, 0, 1), tf.zeros([x.shape[0] ?? 1, ...event]));
          };
          expect(() => checkDraws(() => stuck(law, first)), tried.label).toThrow(/is broken/);
        });
      }),
      { numRuns: 40, seed: 9 },
    );
  });

  it('raise a false alarm no more often than they say', () => {
    // A rate of 0.2 for four laws, of which one is asked: 0.05. More than 8 of 40 have a chance of 4e-4 at
    // that rate, and the seeds are fixed; the bounds are wider than that.
    const alarms = (make: () => Distribution): number =>
      Array.from({ length: 40 }, (_, seed) => seed).filter((seed) => {
        try {
          tf.tidy(() => checkDraws(make, { seed, draws: 400, falseAlarm: 0.2 }));
          return false;
        } catch {
          return true;
        }
      }).length;
    expect(alarms(() => counts(5))).toBeLessThan(9);
    expect(alarms(() => poisson(3))).toBeLessThan(9);
  });
});

/** The law with a log density that is off by a constant. */
const offBy = (by: number, d: Distribution): Distribution => ({
  ...d,
  logProb: (z) => tf.add(d.logProb(z), by),
});

describe('a law that no draw says anything of', () => {
  it('does not apply, and says so', () => {
    // Two values, and nothing near either.
    const far: Distribution = {
      family: { name: 'Far apart', axes: {} },
      parameters: {},
      support: arrayOf(integers(0, 1e6)),
      batchShape: [],
      eventShape: [4],
      sampler: {
        gradient: 'score',
        noise: [baseNoise('uniform', [])],
        draw: ([u = tf.scalar(0)]) => ({
          value: tf.mul(tf.tile(tf.expandDims(tf.round(u), -1), [...u.shape.map(() => 1), 4]), 1e6),
        }),
      },
      logProb: (z) => {
        if (z.shape.at(-1) !== 4) throw new RangeError('expected four numbers');
        const all = tf.prod(tf.add(tf.equal(z, 0).toFloat(), tf.equal(z, 1e6).toFloat()), -1);
        return tf.log(tf.mul(all, 0.5));
      },
    };
    expect(() => checkDraws(() => far)).toThrow(LawNotApplicable);
    expect(() => checkDistribution(() => far)).toThrow(
      /values that can be listed, or moved .* Far apart/,
    );
  });
});

/** Tests of a bound as one writes them without the kit: fast-check, one conjugate model, arrays. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  foldIn,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';

/** One test: throws where the bound fails it. */
export interface HandTest<S> {
  readonly name: string;
  readonly run: (subject: S) => void | Promise<void>;
}

// begin: what one writes
/** Data of one number each, with a latent number each: z ~ N(0, 1), x ~ N(z, 1). */
const COUNT = 500;

interface Guide {
  readonly slope: number;
  readonly scale: number;
}

const inferenceOf = (objective: Objective, { slope, scale }: Guide) =>
  svi({
    model: (x: tf.Tensor) =>
      plate(
        'data',
        COUNT,
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* observe('x', normal(z, 1), x);
        }),
      ),
    guide: (x: tf.Tensor) =>
      program(function* () {
        const by = yield* param('slope', slope);
        yield* plate('data', COUNT, sample('z', normal(tf.mul(by, x), scale)));
      }),
    objective,
    optimizer: sgd(1),
  });

const dataOf = (x: number): tf.Tensor1D => tf.fill([COUNT], x);
const logEvidence = (x: number): number => -0.5 * Math.log(4 * Math.PI) - (x * x) / 4;

/** Means of the bound per datum, one for each of some batches of draws. */
const meansOf = (objective: Objective, guide: Guide, x: number, batches: number): number[] => {
  const means: number[] = [];
  tf.tidy(() => {
    const inference = inferenceOf(objective, guide);
    const state = inference.init(key(0), dataOf(x));
    for (let b = 0; b < batches; b += 1) {
      const { loss } = inference.evaluate(state, dataOf(x), { key: foldIn(key(1), b) });
      means.push(-(loss.dataSync()[0] ?? NaN) / COUNT);
    }
  });
  return means;
};

const meanAndError = (xs: readonly number[]): readonly [number, number] => {
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
  const square = xs.reduce((a, b) => a + (b - mean) ** 2, 0) / (xs.length - 1);
  return [mean, Math.sqrt(square / xs.length)];
};

const expectAtMost = (what: string, low: number, high: number): void => {
  if (!(low <= high)) throw new Error(`${what}: expected at most ${high}, but got ${low}`);
};

/** The posterior is N(x / 2, √½). */
const guides = fc.record({
  slope: fc.double({ min: 0, max: 1, noNaN: true }),
  scale: fc.double({ min: 0.5, max: 1.2, noNaN: true }),
});
const data = fc.double({ min: -3, max: 3, noNaN: true });

type Make = (particles: number) => Objective;

const isBelow = (make: Make): void =>
  fc.assert(
    fc.property(guides, data, fc.constantFrom(2, 4), (guide, x, particles) => {
      const [mean, error] = meanAndError(meansOf(make(particles), guide, x, 12));
      expectAtMost('the bound', mean, logEvidence(x) + 5 * error + 1e-4);
    }),
    { numRuns: 8, seed: 1, endOnFailure: true },
  );

const isTight = (make: Make): void =>
  fc.assert(
    fc.property(data, fc.constantFrom(2, 4), (x, particles) => {
      const exact = { slope: 0.5, scale: Math.SQRT1_2 };
      const [mean] = meanAndError(meansOf(make(particles), exact, x, 2));
      expectAtMost('the error at the posterior', Math.abs(mean - logEvidence(x)), 1e-3);
    }),
    { numRuns: 8, seed: 1, endOnFailure: true },
  );

const growsWithParticles = (make: Make): void =>
  fc.assert(
    fc.property(guides, data, (guide, x) => {
      const [few, some] = meanAndError(meansOf(make(2), guide, x, 12));
      const [many, other] = meanAndError(meansOf(make(8), guide, x, 12));
      expectAtMost('the bound of two particles', few, many + 5 * Math.hypot(some, other));
    }),
    { numRuns: 4, seed: 1, endOnFailure: true },
  );

const hasItsGradient = (make: Make): void =>
  fc.assert(
    fc.property(guides, data, (guide, x) => {
      const [differences, misses]: [number[], number[]] = [[], []];
      const h = 1e-2;
      for (let b = 0; b < 8; b += 1) {
        tf.tidy(() => {
          const inference = inferenceOf(make(4), guide);
          // The draws follow the key of the state, so both sides of a difference have the same.
          const at = (slope: number) =>
            inference.init(foldIn(key(2), b), dataOf(x), { slope: tf.scalar(slope) });
          const loss = (slope: number): number =>
            inference.evaluate(at(slope), dataOf(x)).loss.dataSync()[0] ?? NaN;
          const gradient = inference.gradients(at(guide.slope), dataOf(x))['slope'];
          differences.push((loss(guide.slope + h) - loss(guide.slope - h)) / (2 * h) / COUNT);
          misses.push((gradient?.dataSync()[0] ?? NaN) / COUNT - (differences[b] ?? NaN));
        });
      }
      const [size] = meanAndError(differences);
      const [miss, error] = meanAndError(misses);
      expectAtMost(
        'the error of the gradient',
        Math.abs(miss),
        5 * error + 0.02 * (1 + Math.abs(size)),
      );
    }),
    { numRuns: 3, seed: 1, endOnFailure: true },
  );
// end

/** The four tests that a careful author of a bound writes. */
export const boundTestsByHand: readonly HandTest<Make>[] = [
  { name: 'it is below the evidence', run: isBelow },
  { name: 'it is tight at the posterior', run: isTight },
  { name: 'it does not fall with particles', run: growsWithParticles },
  { name: 'its gradient is its finite difference', run: hasItsGradient },
];

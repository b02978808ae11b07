/** Vectors in ascending order, as a support and a bijector of a user's own, with the rights of the library's. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Tensor,
  adam,
  elbo,
  independent,
  key,
  mask,
  normal,
  observe,
  param,
  paramValues,
  program,
  sample,
  simulate,
  svi,
  transformed,
} from 'marginalia';
import {
  type Bijector,
  type ContinuousSupport,
  type Domain,
  bijectorTo,
  isWithin,
  realVector,
} from 'marginalia/distributions';
import {
  checkBijector,
  checkDistribution,
  checkParticles,
  guidesFor,
  valuesWithin,
} from 'marginalia/testing';

const ascending: Domain = {
  words: 'in ascending order',
  cure: 'sort it, or use a param with { support: ordered }',
  rank: 1,
  entry: Number.isFinite,
  together: (entries) => {
    const value = entries.find((x, i) => i > 0 && x < (entries[i - 1] ?? x));
    return value === undefined ? undefined : { value, of: 'a step down to' };
  },
};

const ordered: ContinuousSupport<'ordered'> = {
  ...ascending,
  closure: ascending,
  kind: 'ordered',
  name: 'ordered vectors',
  eventRank: 1,
  isDiscrete: false,
  isWithin: ({ kind }) => kind === 'ordered' || kind === realVector.kind,
  some: (shape) => tf.add(tf.range(0, shape.at(-1) ?? 1), tf.zeros([...shape])),
  bijector: () => steps,
};

const split = (x: Tensor): readonly [Tensor, Tensor] => {
  const [first = x, rest = x] = tf.split(x, [1, (x.shape.at(-1) ?? 1) - 1], -1);
  return [first, rest];
};

/** y₁ = x₁ and y_i = y_{i−1} + exp x_i. */
const steps: Bijector = {
  name: 'steps',
  key: 'steps',
  codomain: ordered,
  parameters: [],
  inputRank: 1,
  inputShape: (output) => output,
  outputShape: (input) => input,
  forward: (x) => {
    const [first, rest] = split(x);
    return tf.cumsum(tf.concat([first, tf.exp(rest)], -1), x.rank - 1);
  },
  inverse: (y) => {
    const [first, rest] = split(y);
    const n = y.shape.at(-1) ?? 1;
    const before = tf.slice(
      y,
      y.shape.map(() => 0),
      [...y.shape.slice(0, -1), n - 1],
    );
    return tf.concat([first, tf.log(tf.sub(rest, before))], -1);
  },
  logAbsDetJacobian: (x) => tf.sum(split(x)[1], -1),
};

const told = (run: () => unknown): string => {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

// The laws of the map and of a law on the set; inclusion, either way.
checkBijector(() => steps, { shape: [4, 3], values: [0, 1, -1, 2, 0, 0, -1, -1, 1, 0.5, -0.5, 0] });
const prior = transformed(independent(normal([0, 0, 0], 1)), bijectorTo(ordered));
checkDistribution(() => prior);
console.log(
  isWithin(ordered, ordered),
  isWithin(ordered, realVector),
  isWithin(realVector, ordered),
);

// Random values, random guides, a mask, a parameter and a step.
const values = fc.sample(valuesWithin(ordered, [2, 3]), { numRuns: 20, seed: 1 });
console.log(
  values.every((v) => v.values.every((z, i) => i % 3 === 0 || z >= (v.values[i - 1] ?? z))),
);
const model = program(function* () {
  const cuts = yield* sample('cuts', prior);
  yield* observe('x', independent(normal(cuts, 0.5)), tf.tensor1d([-1, 0, 2]));
});
fc.assert(
  fc.property(guidesFor(model), ({ guide }) => checkParticles({ model, guide })),
  { numRuns: 3, seed: 1 },
);
console.log(
  mask(prior, [0])
    .logProb(tf.tensor2d([[3, 2, 1]]))
    .arraySync(),
);
const guide = program(function* () {
  const middle = yield* param('middle', [-1, 0, 1], { support: ordered });
  yield* sample(
    'cuts',
    transformed(independent(normal(bijectorTo(ordered).inverse(middle), 0.1)), steps),
  );
});
const inference = svi({
  model: () => model,
  guide: () => guide,
  objective: elbo(),
  optimizer: adam(0.1),
});
const [state] = inference.step(inference.init(key(0)), undefined);
const middle = [...(paramValues(state)['middle']?.dataSync() ?? [])];
console.log(middle.every((z, i) => i === 0 || z > (middle[i - 1] ?? z)));
console.log(
  told(() =>
    simulate(
      program(function* () {
        yield* param('middle', [1, 0, 2], { support: ordered });
      }),
      { key: key(0) },
    ),
  ),
);

// The first program of README, which a test holds this to.
import {
  type Tensor,
  adam,
  condition,
  cosineDecay,
  elbo,
  fit,
  item,
  key,
  normal,
  param,
  paramValues,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  showFitError,
  svi,
  useBackend,
} from 'marginalia';

// A task, as `fit` below: the last () starts it.
await useBackend('best')();

// Five weighings of one parcel, in grams, on a scale that is good to 10 grams.
const readings = Float32Array.of(1011, 998, 1003, 1018, 1007);

const model = program(function* () {
  const weight = yield* sample('weight', normal(1000, 50));
  yield* plate('weighings', 5, sample('reading', normal(weight, 10)));
});

const guide = program(function* () {
  const mean = yield* param('mean', 1000);
  const deviation = yield* param('deviation', 10, { support: positive });
  yield* sample('weight', normal(mean, deviation));
});

const fitted = await fit({
  svi: svi({
    model: (reading: Tensor) => condition(model, { reading }),
    guide: () => guide,
    objective: elbo({ particles: 10 }),
    optimizer: adam(cosineDecay(0.5, 1000)),
  }),
  data: rowsOf(readings, []),
  batchSize: 5,
  length: { steps: 1000 },
  key: key(0),
})();

if (fitted._tag === 'Left') throw new Error(showFitError(fitted.left));
const { mean, deviation } = paramValues(fitted.right.state);
const grams = (x: Tensor) => `${item(x).toFixed(1)} g`;
console.log(`The parcel weighs ${grams(mean)} ± ${grams(deviation)}.`);

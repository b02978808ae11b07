/** Every output layer, trained on draws of a law that it can be, and held against that law. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Key,
  adam,
  cosineDecay,
  foldIn,
  freeState,
  item,
  plate,
  rowsOf,
  sample,
  simulate,
  svi,
} from 'marginalia';
import { zipped } from 'marginalia/data';
import { randomUniform } from 'marginalia/random';
import { type Example, type Setting, atMost, measuring, shown, within } from '../gallery/index.js';
import { columns, lines, panels } from '../pictures/index.js';
import { curves } from './curves.js';
import { type OutputLayer, type Pairs, conditionalLaw } from './model.js';
import { correlation, truths } from './truth.js';

const LAYERS = ['Normal', 'diagonal Normal', 'full Normal', 'Bernoulli', 'Categorical'] as const;

/** Inputs and outputs as numbers. */
interface Rows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** The shape of an output. */
  readonly event: readonly number[];
}

const column = (x: Float32Array) => tf.tensor2d(x, [x.length, 1]);

/** Draws of p(y | x), x uniform from −3 to 3. */
const drawnFrom = (layer: OutputLayer, count: number, key: Key): Rows =>
  measuring(() => {
    const x = randomUniform(foldIn(key, 'x'), count).map((u) => 6 * u - 3);
    const law = truths[layer](column(x));
    const y = simulate(plate('rows', count, sample('y', law)), { key: foldIn(key, 'y') });
    return { x, y: y.dataSync<'float32'>(), event: law.eventShape };
  });

/** Where laws are drawn. */
const GRID = Float32Array.from({ length: 121 }, (_, i) => -3 + i / 20);

/** The values of each curve of a law on the grid. */
const curvesOn = (layer: OutputLayer, law: Distribution): readonly Float32Array[] =>
  tf.unstack(curves[layer].of(law), -1).map((curve) => curve.dataSync<'float32'>());

interface Found {
  /** Mean log p(y | x) of rows that were not trained on, nats. */
  readonly model: number;
  readonly truth: number;
  readonly curves: readonly Float32Array[];
}

/** A layer, trained on draws of the law that `of` can be. */
const fitted = async (
  { fit, key, quick }: Setting,
  layer: OutputLayer,
  of: OutputLayer = layer,
): Promise<Found> => {
  const steps = quick ? 2500 : 8000;
  const train = drawnFrom(of, quick ? 4000 : 20000, foldIn(key, `${of}, train`));
  const test = drawnFrom(of, 10000, foldIn(key, `${of}, test`));
  const { law, ...programs } = conditionalLaw(layer);
  const state = await fit({
    name: layer === of ? layer : `${layer} for ${of}`,
    svi: svi({ ...programs, optimizer: adam(cosineDecay(5e-3, steps)) }),
    data: zipped<Pairs>({ x: rowsOf(train.x, [1]), y: rowsOf(train.y, train.event) }),
    batchSize: 200,
    steps,
  });
  const { params } = state;
  const found = measuring(() => {
    const x = column(test.x);
    const y = tf.tensor(test.y, [test.x.length, ...test.event]);
    const score = (p: Distribution): number => item(tf.mean(p.logProb(y)));
    return {
      model: score(simulate(law(x), { params })),
      truth: score(truths[of](x)),
      curves: curvesOn(layer, simulate(law(column(GRID)), { params })),
    };
  });
  freeState(state);
  return found;
};

/** What a layer is on the grid, beside the truth. */
const panel = (layer: OutputLayer, found: Found) => {
  const { title, names } = curves[layer];
  const truth = measuring(() => curvesOn(layer, truths[layer](column(GRID))));
  const drawnAs = (values: readonly Float32Array[], suffix: string, like?: string) =>
    values.map((curve, i) => ({
      name: `${names[i] ?? ''}${suffix}`,
      ...(like !== undefined && { like: `${names[i] ?? ''}${like}`, dashed: true }),
      points: Array.from(curve, (y, at) => [GRID[at] ?? 0, y] as const),
    }));
  return lines({
    title: layer,
    width: 300,
    height: 200,
    x: { title: 'x' },
    y: { title },
    lines: [...drawnAs(found.curves, ', network'), ...drawnAs(truth, ', truth', ', network')],
  });
};

/** Nats that are lost without the correlation ρ: the mean of −½ log(1 − ρ²), x uniform from −3 to 3. */
const lostWithout = (): number =>
  measuring(() => {
    const rho = correlation(
      column(Float32Array.from({ length: 6000 }, (_, i) => -2.9995 + i / 1000)),
    );
    return item(tf.mean(tf.mul(-0.5, tf.log(tf.sub(1, tf.square(rho))))));
  });

export const example: Example = {
  name: 'output-layers',
  sentence:
    'Networks that parametrise Normal, diagonal, full-covariance, Bernoulli and Categorical outputs, against the truth.',
  equations: [
    String.raw`\mathcal{L} = \frac1N \sum_n \log p\bigl(y_n \mid \eta(x_n)\bigr), \qquad \eta \text{ a network}`,
    String.raw`\mathcal{N}(\mu, \sigma^2), \qquad \mathcal{N}(\mu, \operatorname{diag} \sigma^2), \qquad \mathcal{N}(\mu, L L^\top), \ L = \operatorname{diag}(e^s) + \ell, \qquad \operatorname{Bernoulli}\Bigl(\frac{1}{1 + e^{-\eta}}\Bigr), \qquad \operatorname{Categorical}(\operatorname{softmax} \eta)`,
  ],
  run: async (setting) => {
    const found = {
      Normal: await fitted(setting, 'Normal'),
      'diagonal Normal': await fitted(setting, 'diagonal Normal'),
      'full Normal': await fitted(setting, 'full Normal'),
      Bernoulli: await fitted(setting, 'Bernoulli'),
      Categorical: await fitted(setting, 'Categorical'),
    };
    const diagonal = await fitted(setting, 'diagonal Normal', 'full Normal');
    const gapOf = ({ model, truth }: Found): number => truth - model;
    const lost = lostWithout();
    const largest = Math.max(...LAYERS.map((layer) => gapOf(found[layer])));
    return {
      headline: `Held-out log probability is within ${shown(largest)} nats of the truth's for every layer; a diagonal where the truth is correlated loses ${shown(gapOf(diagonal))} nats, of ${shown(lost)} by theory.`,
      figures: {
        data: 'draws of known laws',
        unit: 'nats per datum',
        ...Object.fromEntries(
          LAYERS.map((layer) => [layer, { model: found[layer].model, truth: found[layer].truth }]),
        ),
        diagonalForFull: { model: diagonal.model, truth: diagonal.truth, theory: lost },
      },
      checks: [
        ...LAYERS.map((layer) =>
          // The more rows, the less of the network is fitted to their noise.
          atMost(
            `${layer}: nats below the truth`,
            gapOf(found[layer]),
            setting.quick ? 0.03 : 0.01,
          ),
        ),
        within(
          'a diagonal where the truth is correlated: nats lost, over what theory says',
          gapOf(diagonal) / lost,
          0.95,
          1.1,
        ),
      ],
      pictures: {
        'laws.svg': await panels(
          [
            ...LAYERS.map((layer) => panel(layer, found[layer])),
            columns({
              title: 'Nats below the truth',
              width: 560,
              height: 200,
              x: 'output layer',
              y: { title: 'nats per held-out datum' },
              bars: [
                { label: 'diagonal for full', value: gapOf(diagonal) },
                ...LAYERS.map((label) => ({ label, value: gapOf(found[label]) })),
              ],
              levels: [{ name: 'what correlation is worth', y: lost }],
            }),
          ],
          { across: 2 },
        ),
      },
    };
  },
};

/** Importance-sampled evidence against the number of draws, between bounds, beside an integral. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, type Tensor, foldIn, freeState, key, trace } from 'marginalia';
import { type Evaluator, evaluator } from 'marginalia/inference';
import { binarised, binarisedOnce, imageRows, loadDigits, pixelsOf } from '../data/index.js';
import { meanOf } from '../gallery/held-out.js';
import { type Example, type Setting, type Shown, atMost, within } from '../gallery/index.js';
import { type Point, lines, panels } from '../pictures/index.js';
import { integrals } from './integral.js';
import { type Sizes, generation, vae } from './model.js';

const settingsOf = ({ quick, data }: Setting) =>
  quick
    ? {
        counts: { train: 2000, test: 100 },
        hidden: 100,
        steps: 1500,
        draws: [1, 3, 10, 30, 100, 300],
        across: 250,
      }
    : {
        counts: { test: 200 },
        hidden: 256,
        steps: data === undefined ? 5000 : 20000,
        draws: [1, 3, 10, 30, 100, 300, 1000, 3000],
        across: 500,
      };

/** Bounds on log p(x) with K draws of the guide, nats per image. */
interface AtK {
  readonly draws: number;
  readonly lower: number;
  /** Where exact draws of the posterior are known. */
  readonly upper?: number;
}

/** Images, and a code of each that is an exact draw of its posterior, where there is one. */
interface Case {
  readonly x: Tensor;
  readonly z?: Tensor;
}

const boundsAt = async (
  evaluation: Evaluator<Tensor>,
  state: SviState,
  { x, z }: Case,
  draws: number,
) => {
  const posterior = z && { z: tf.expandDims(z, 0) };
  const bracket = await evaluation.bracket(state, x, {
    key: foldIn(key(1), draws),
    samples: draws,
    particles: draws,
    chunk: 10,
    ...(posterior && { posterior }),
  });
  tf.dispose(posterior ?? []);
  const count = x.shape[0] ?? 1;
  const upper = bracket.bounds.find(({ name }) => name.startsWith('reverse IWAE'));
  const found: AtK = {
    draws,
    lower: bracket.evidence.total / count,
    ...(upper && { upper: upper.total / count }),
  };
  return {
    found,
    ends: [bracket.lower.nats / count, bracket.upper.nats / count] as const,
    doubtful: meanOf(Array.from(bracket.evidence.paretoK, (k) => (k > 0.7 ? 1 : 0))),
  };
};

const curveOf = async (
  evaluation: Evaluator<Tensor>,
  state: SviState,
  images: Case,
  draws: readonly number[],
) => {
  const found: Awaited<ReturnType<typeof boundsAt>>[] = [];
  for (const k of draws) found.push(await boundsAt(evaluation, state, images, k));
  const last = found.at(-1);
  if (last === undefined) throw new Error('evidence: no number of draws was asked for.');
  const { ends, doubtful, found: most } = last;
  return { curve: found.map((each) => each.found), ends, doubtful, last: most };
};

const chart = (title: string, curve: readonly AtK[], exact: number) => {
  const upper = curve.flatMap(({ draws, upper: y }): readonly Point[] =>
    y === undefined ? [] : [[draws, y]],
  );
  return lines({
    title,
    width: 360,
    x: { title: 'K, draws of the guide for each image', log: true },
    y: { title: 'log p(x), nats per image' },
    lines: [
      ...(upper.length > 0 ? [{ name: 'from above', points: upper, dots: true }] : []),
      {
        name: 'from below',
        points: curve.map(({ draws, lower }) => [draws, lower] as const),
        dots: true,
      },
    ],
    levels: [{ name: `integral over the plane: ${exact.toFixed(2)}`, y: exact }],
  });
};

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, hidden, steps, draws: asked, across } = settingsOf(setting);
  const draws = asked.filter((k) => k <= setting.capped(k));
  const { train, test: grey, source } = await loadDigits(setting.data, setting.key, counts);
  const test = binarisedOnce(grey, key(0));
  const sizes: Sizes = { pixels: pixelsOf(test), hidden };
  const svi = vae(sizes);
  const model = generation(sizes);
  const state = await setting.fit({
    name: 'vae',
    svi,
    data: binarised(train),
    batchSize: 100,
    steps,
  });
  const evaluation = evaluator(svi, setting.engine);

  const { x, z } = tf.tidy(() => {
    const { sites } = trace(model(test.count), { params: state.params, key: key(2) });
    if (sites.x === undefined || sites.z === undefined)
      throw new Error('evidence: x or z is missing.');
    return { x: sites.x.value, z: sites.z.value };
  });
  const real = imageRows(test);
  const simulated = await curveOf(evaluation, state, { x, z }, draws);
  const heldOut = await curveOf(evaluation, state, { x: real }, draws);
  const [ofSimulated, ofReal] = [x, real].map((images) =>
    integrals(model, state, images, setting.capped(across)),
  );
  await evaluation.close();
  tf.dispose([x, z, real]);
  freeState(state);
  if (ofSimulated === undefined || ofReal === undefined) throw new Error('evidence: no integral.');

  const [exact, exactReal] = [meanOf(ofSimulated.fine), meanOf(ofReal.fine)];
  const apart = Math.abs(meanOf(ofReal.coarse) - exactReal);
  const [least, most] = simulated.ends;
  const one = heldOut.curve[0]?.lower ?? Number.NaN;
  return {
    headline:
      `With ${draws.at(-1)} draws importance sampling finds ${heldOut.last.lower.toFixed(3)} nats per held-out image of ` +
      `${exactReal.toFixed(3)} by integration; one draw, the ELBO, finds ${one.toFixed(3)}. ` +
      `Pareto k̂ is above 0.7, so that draws are not to be trusted, for ${(100 * heldOut.doubtful).toFixed(0)} % of them.`,
    figures: {
      data: source,
      unit: 'nats per image',
      simulated: { integral: exact, bracket: [least, most], curve: simulated.curve },
      heldOut: {
        integral: exactReal,
        curve: heldOut.curve,
        shareOfParetoKAbove07: heldOut.doubtful,
      },
      integralWithEverySecondPoint: meanOf(ofReal.coarse),
    },
    checks: [
      within('integral between the ends of the bracket, nats per image', exact, least, most),
      // Where a guide misses a mode or a tail, no number of draws that one can pay finds it.
      within(
        'share of what one draw misses that the draws find, held-out images',
        (heldOut.last.lower - one) / (exactReal - one),
        0.5,
        1.1,
      ),
      atMost('integral, all points less every second, nats', apart, 0.01),
    ],
    pictures: {
      'evidence.svg': await panels(
        [
          chart('Images that the model draws', simulated.curve, exact),
          chart(`Held-out images: ${source}`, heldOut.curve, exactReal),
        ],
        { title: 'The evidence by importance sampling' },
      ),
    },
  };
};

export const example: Example = {
  name: 'evidence',
  sentence: 'How many draws the evidence of an image needs, between bounds and beside an integral.',
  equations: [
    '\\mathbb{E}_{q}\\!\\left[\\log \\frac{1}{K} \\sum_{k=1}^{K} \\frac{p(x, z_k)}{q(z_k \\mid x)}\\right] \\le \\log p(x), \\quad z_k \\sim q(z \\mid x)',
    '\\mathbb{E}\\!\\left[\\log \\frac{1}{K} \\sum_{k=1}^{K} \\frac{p(x, z_k)}{q(z_k \\mid x)}\\right] \\ge \\log p(x), \\quad z_1 \\sim p(z \\mid x), \\; z_{k > 1} \\sim q(z \\mid x)',
    '\\log p(x) = \\log \\int p(x \\mid z) \\, \\mathcal{N}(z; 0, I) \\, dz',
  ],
  run,
};

/**
 * Known laws with exact values, in every engine: bounds and gradients at noise that a test chooses
 * or draws by one key, so that no chance is involved.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Tensor,
  bernoulli,
  elbo,
  iwae,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  useBackend,
} from 'marginalia';
import type { Params } from 'marginalia/inference';
import { cubo, eubo, renyi, tailAdaptive, varGrad, vimco } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import { drawJoint } from '../../src/bounds/joint.js';
import { withGradients } from '../../src/inference/gradients.js';
import { knownParameter } from '../../src/inference/svi-checks.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { derivationOf } from '../bounds/estimate-at.js';
import { engines, numbersBy } from '../compile/in-engines.js';
import type { TrainedPrograms } from '../training/train-in.js';

type AnyProgram = Program<unknown, unknown>;

beforeAll(async () => {
  await useBackend('cpu')();
});

/** An objective at one joint draw: its value and the gradient of what is maximised. */
const evaluatedAt = (
  { model, guide }: TrainedPrograms,
  objective: Objective,
  params: Params,
  noise: NoiseSource,
): { readonly value: Tensor; readonly gradients: Params } => {
  const derivation = derivationOf(model, guide, objective, params);
  const { kept, gradients } = withGradients(params, (given) => {
    const parameter = knownParameter(given);
    const joint = drawJoint(model, guide, derivation, { noise, parameter, step: tf.scalar(0) });
    const { surrogate, value } = objective.estimate(joint);
    return { loss: surrogate, keep: { value } };
  });
  return { value: kept['value'] ?? tf.scalar(NaN), gradients };
};

const under = (prefix: string, tensors: Params): Params =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [`${prefix} ${name}`, x]));

describe.each(engines)('laws, %s', (engine) => {
  it.each([100, 20, 1])(
    'without information every bound is 100 log 0.6 at %d of 100 observations',
    async (subsample) => {
      const inside = (latent: AnyProgram) => plate('data', { size: 100, subsample }, latent);
      const model = inside(
        program(function* () {
          yield* sample('z', normal(0, 1));
          yield* observe('x', bernoulli({ probs: 0.6 }), tf.ones([subsample]));
        }),
      );
      const programs = { model, guide: inside(sample('z', normal(0, 1))) };
      // For ELBOs the latent site may lie outside the plate that is subsampled.
      const outside = {
        model: program(function* () {
          yield* sample('z', normal(0, 1));
          yield* inside(observe('x', bernoulli({ probs: 0.6 }), tf.ones([subsample])));
        }),
        guide: sample('z', normal(0, 1)),
      };
      const sums = [elbo({ particles: 5 }), elbo({ particles: 5, closedFormKl: 'never' })];
      const cases = [
        ...sums.flatMap((o, i) => [
          { name: `elbo ${i}`, o, programs },
          { name: `elbo ${i} outside`, o, programs: outside },
        ]),
        ...[0, 0.5, 1, 2].map((alpha) => ({
          name: `renyi ${alpha}`,
          o: renyi({ alpha, particles: 5 }),
          programs,
        })),
        { name: 'iwae', o: iwae({ particles: 5 }), programs },
        { name: 'vimco', o: vimco({ particles: 5 }), programs },
        { name: 'cubo', o: cubo({ particles: 5 }), programs },
        { name: 'eubo', o: eubo({ particles: 5 }), programs },
      ];
      const found = await numbersBy(engine, (params, noise) =>
        Object.fromEntries(
          cases.map(({ name, o, programs: p }) => {
            // A name of noise has one shape; what is drawn outside has another.
            const own: NoiseSource = (site, ...rest) =>
              noise(p === outside ? `${site} outside` : site, ...rest);
            return [name, evaluatedAt(p, o, params, own).value];
          }),
        ),
      );
      for (const { name, o } of cases) {
        // An upper bound is minimised: its value is its negative.
        const loss = (found[name]?.[0] ?? NaN) * (o.meaning.bound === 'upper' ? 1 : -1);
        expect(loss, name).toBeCloseTo(51.0825624, 3);
      }
    },
  );

  const ladder = {
    model: program(function* () {
      const slope = yield* param('slope', 1);
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(tf.mul(slope, z), 1), 5);
    }),
    guide: program(function* () {
      const loc = yield* param('loc', 0);
      yield* sample('z', normal(loc, yield* param('scale', 1, { support: positive })));
    }),
  };
  const at = (loc: number, scale: number): Params => ({
    loc: tf.scalar(loc),
    scale: tf.scalar(Math.log(scale)),
    slope: tf.scalar(1),
  });

  it('bounds fall with α, through IWAE and the ELBO, and rise with K', async () => {
    const orders = [-3, -1, 0, 0.5, 1, 1 + 1e-6, 2, 5];
    const epsilons = [0.3, -1.2, 0.8, 2.1];
    const dropped = epsilons.map((_, k) => epsilons.filter((__, i) => i !== k));
    const params = at(1, 0.9);
    const found = await numbersBy(
      engine,
      (live) => {
        const valueOf = (objective: Objective, es: readonly number[] = epsilons): Tensor =>
          evaluatedAt(ladder, objective, live, () => tf.tensor1d([...es])).value;
        return {
          renyi: tf.stack(orders.map((alpha) => valueOf(renyi({ alpha, particles: 4 })))),
          iwae: valueOf(iwae({ particles: 4 })),
          elbo: valueOf(elbo({ particles: 4, closedFormKl: 'never' })),
          fewer: tf.stack(dropped.map((es) => valueOf(iwae({ particles: 3 }), es))),
        };
      },
      params,
    );
    const renyis = found['renyi'] ?? [];
    const [lands = NaN, bound = NaN] = [found['iwae']?.[0], found['elbo']?.[0]];
    expect(renyis).toHaveLength(orders.length);
    renyis.reduce((before, value, i) => {
      if (orders[i] === 1 + 1e-6) expect(Math.abs(value - before)).toBeLessThan(1e-5);
      else expect(value).toBeLessThan(before);
      return value;
    });
    expect(renyis[orders.indexOf(0)]).toBeCloseTo(lands, 5);
    expect(renyis[orders.indexOf(1)]).toBeCloseTo(bound, 5);
    // The mean over the draws without one of them is an IWAE bound of K − 1.
    const fewer = found['fewer'] ?? [];
    expect(fewer.reduce((a, b) => a + b, 0) / fewer.length).toBeLessThan(lands);
    tf.dispose(params);
  });

  const gradientsOf = (objectives: Readonly<Record<string, Objective>>, params: Params) =>
    numbersBy(
      engine,
      (live, noise) =>
        Object.fromEntries(
          Object.entries(objectives).flatMap(([name, o]) =>
            Object.entries(under(name, evaluatedAt(ladder, o, live, noise).gradients)),
          ),
        ),
      params,
    );
  const particles = 4;
  const gradient = 'doublyReparameterised';
  const landing: Readonly<Record<string, Objective>> = {
    stl: elbo({ particles, gradient: 'stickingTheLanding' }),
    dreg: iwae({ particles, gradient }),
    renyi: renyi({ alpha: 0.5, particles, gradient }),
    tailAdaptive: tailAdaptive({ particles }),
    varGrad: varGrad({ particles }),
  };

  it('gradients that land are 0 at the posterior, draw by draw, and others are not', async () => {
    const params = at(2.5, Math.SQRT1_2);
    const found = await gradientsOf({ ...landing, iwae: iwae({ particles }) }, params);
    for (const name of ['loc', 'scale']) {
      for (const o of Object.keys(landing)) {
        expect(Math.abs(found[`${o} ${name}`]?.[0] ?? NaN), `${o} ${name}`).toBeLessThan(3e-6);
      }
      expect(Math.abs(found[`iwae ${name}`]?.[0] ?? NaN)).toBeGreaterThan(1e-3);
    }
    tf.dispose(params);
  });

  it('one bound has one gradient for the model, however the guide gets its own', async () => {
    const params = at(1, 0.9);
    const objectives = { iwae: iwae({ particles }), vimco: vimco({ particles }), ...landing };
    const found = await gradientsOf(objectives, params);
    const plain = found['iwae slope']?.[0] ?? NaN;
    expect(Math.abs(plain)).toBeGreaterThan(0.1);
    expect(found['dreg slope']?.[0]).toBeCloseTo(plain, 4);
    expect(found['vimco slope']?.[0]).toBeCloseTo(plain, 4);
    expect(
      Math.abs((found['dreg loc']?.[0] ?? NaN) - (found['iwae loc']?.[0] ?? NaN)),
    ).toBeGreaterThan(1e-3);
    tf.dispose(params);
  });

  it.each([1, 0.7])(
    'the gradient of one particle is the one by hand at scale %d',
    async (scale) => {
      const x = [-0.5, 2];
      const loc = 0.25;
      const epsilon = [0.75, -1.5];
      const z = epsilon.map((e) => loc + scale * e);
      const model = plate(
        'data',
        2,
        program(function* () {
          const zs = yield* sample('z', normal(0, 1));
          yield* observe('x', normal(zs, 1), x);
        }),
      );
      const guide = program(function* () {
        const m = yield* param('loc', 0);
        const s = yield* param('scale', 1, { support: positive });
        yield* plate('data', 2, sample('z', normal(m, s)));
      });
      const params = { loc: tf.scalar(loc), scale: tf.scalar(Math.log(scale)) };
      const sampled = elbo({ closedFormKl: 'never' });
      const found = await numbersBy(
        engine,
        (live) =>
          evaluatedAt({ model, guide }, sampled, live, () => tf.tensor1d(epsilon)).gradients,
        params,
      );
      const loss = (name: string): number => -(found[name]?.[0] ?? NaN);
      const pull = z.map((v, i) => -v + ((x[i] ?? NaN) - v));
      expect(loss('loc')).toBeCloseTo(-pull.reduce((a, b) => a + b, 0), 4);
      const byScale = -z.reduce((sum, v, i) => sum + (pull[i] ?? NaN) * (v - loc) + 1, 0) / scale;
      // The parameter is log scale, hence the factor.
      expect(loss('scale')).toBeCloseTo(byScale * scale, 4);
      tf.dispose(params);
    },
  );
});

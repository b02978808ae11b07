/** The gradient law, exact: what is right is never accused, and what is wrong is found without a seed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Tensor,
  elbo,
  iwae,
  normal,
  observe,
  param,
  program,
  sample,
} from 'marginalia';
import {
  eubo,
  renyi,
  rescored,
  reweightedWakeSleep,
  tailAdaptive,
  varGrad,
  vimco,
  wakeTheta,
} from 'marginalia/objectives';
import { blackBox } from 'marginalia/tensors';
import { LawNotApplicable, checkGradients, checkRenaming } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import {
  autoencoder,
  finite,
  gaussian,
  hierarchy,
  mixed,
  stoppedAt,
  withoutScore,
} from './gradient-subjects.js';

describe('a gradient that is no number', () => {
  const model = sample('z', normal(0, 1));
  /** |p| + 0.5, by a square root that has no derivative at 0. */
  const guideAt = (start: number) =>
    program(function* () {
      const p = yield* param('p', start);
      yield* sample('z', normal(0.2, tf.add(0.5, tf.sqrt(tf.square(p)))));
    });

  it('is found at a kink, and away from it there is none', () => {
    const lost = "the gradient of 'p' to be a number, but got NaN; a square root, logarithm";
    expect(() => checkGradients({ model, guide: guideAt(0) })).toThrow(lost);
    checkGradients({ model, guide: guideAt(0.1) });
  });

  it('is found in the mean over draws', () => {
    const both = {
      model: program(function* () {
        yield* finite.model;
        yield* model;
      }),
      guide: program(function* () {
        yield* finite.guide;
        yield* guideAt(0);
      }),
    };
    const objective = iwae({ particles: 8 });
    const lost = "the gradient of 'p' to be a number";
    expect(() => checkGradients({ ...both, objective, draws: 48 })).toThrow(lost);
  });

  it('is what other laws say of it, and no cure of theirs', () => {
    const told = (): void => checkRenaming({ model, guide: guideAt(0) });
    expect(told).toThrow(
      /to be a number, but got NaN to compare with NaN\. .*look for a square root/,
    );
    expect(told).not.toThrow('to within');
  });
});

describe('the gradient law, draw by draw', () => {
  it.each([
    ['a relu network', autoencoder('relu')],
    ['a tanh network', autoencoder('tanh')],
    ['a hierarchy', hierarchy],
  ])('does not accuse %s', (_, { model, guide }) => {
    checkGradients({ model, guide });
    const objective = iwae({ particles: 3 });
    checkGradients({ model, guide, objective });
  });

  it.each(['encoder/0/bias', 'decoder/out/kernel'])(
    'finds %s stopped among the parameters of a relu network',
    (name) => {
      const { model, guide } = autoencoder('relu');
      const broken = { model: stoppedAt(model, name), guide: stoppedAt(guide, name) };
      expect(() => checkGradients(broken)).toThrow(`'${name}'`);
    },
  );

  it('finds a hundredth of a gradient stopped', () => {
    const { model, guide } = hierarchy;
    checkGradients({ model, guide: stoppedAt(guide, 'locs', 0) });
    expect(() => checkGradients({ model, guide: stoppedAt(guide, 'locs', 0.01) })).toThrow(
      "of 'locs' to be the difference quotient at the same draw",
    );
  });

  it('takes in float32 what has no rule in doubles, as a convolution', () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const kernel = yield* param('kernel', [0.5, -0.25, 1]);
      const filtered = tf.conv1d([[1], [2], [-1], [0.5]], tf.reshape(kernel, [3, 1, 1]), 1, 'same');
      yield* observe('x', normal(tf.add(z, tf.mean(filtered)), 0.5), 1);
    });
    const { guide } = gaussian;
    checkGradients({ model, guide });
    expect(() => checkGradients({ model: stoppedAt(model, 'kernel'), guide })).toThrow("'kernel'");
  });

  it('weighs draws that host code reads, whose jumps no difference sees', () => {
    const floor = blackBox((x: Tensor) => Math.floor(Number(x.arraySync())), { shape: [] });
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(floor(z), 1), 3);
    });
    checkGradients({ model, guide: gaussian.guide, draws: 240 });
    const scoreless: Objective = {
      ...elbo(),
      estimate: (joint) => {
        const { value, terms } = elbo().estimate(joint);
        return { value, surrogate: value, terms };
      },
    };
    const broken = { model, guide: gaussian.guide, objective: scoreless, draws: 720 };
    expect(() => checkGradients(broken)).toThrow('in the mean over draws');
  });

  it('judges nothing at a kink, and says so', () => {
    const at = (place: number) =>
      program(function* () {
        yield* sample('z', normal(tf.relu(yield* param('loc', place)), 1));
      });
    const model = sample('z', normal(3, 1));
    checkGradients({ model, guide: at(0.5) });
    expect(() => checkGradients({ model, guide: at(0) })).toThrow(LawNotApplicable);
    expect(() => checkGradients({ model, guide: at(0) })).toThrow('a kink or a jump');
  });
});

const ofDraws: readonly (readonly [string, Objective])[] = [
  ['sticking the landing', elbo({ gradient: 'stickingTheLanding' })],
  ['IWAE', iwae({ particles: 2 })],
  ['doubly reparameterised IWAE', iwae({ particles: 2, gradient: 'doublyReparameterised' })],
  [
    'doubly reparameterised Rényi',
    renyi({ alpha: -1, particles: 2, gradient: 'doublyReparameterised' }),
  ],
  ['VIMCO', vimco({ particles: 2 })],
  ['VarGrad', varGrad({ particles: 2 })],
  ['wake-sleep', reweightedWakeSleep({ particles: 2 })],
  ['wake θ', wakeTheta({ particles: 2 })],
];

const ofValues: readonly (readonly [string, Objective])[] = [
  ['the ELBO', elbo()],
  ['scores', elbo({ discrete: 'score' })],
  ['scores with a baseline', elbo({ discrete: 'score', particles: 2 })],
  ['IWAE', iwae({ particles: 2 })],
  ['Rényi', renyi({ alpha: 0.5, particles: 2 })],
  ['VIMCO', vimco({ particles: 2 })],
  ['VarGrad', varGrad({ particles: 2 })],
];

const exactly = (f: () => void): string => {
  try {
    f();
    return 'kept';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('the gradient law, over all joint draws', () => {
  it.each(ofDraws)('holds for %s on numbers', (_, objective) => {
    checkGradients({ ...gaussian, objective });
  });

  it.each(ofValues)(
    'holds for %s on bits and classes, and on a bit with a number',
    (_, objective) => {
      checkGradients({ ...finite, objective });
      checkGradients({ ...mixed, objective });
    },
  );

  it('finds a missing score, whatever the seed, and not where there is nothing to miss', () => {
    const objective = withoutScore(2);
    checkGradients({ ...gaussian, objective });
    const told = [1, 2].map((seed) =>
      exactly(() => checkGradients({ ...finite, objective, seed })),
    );
    expect(told[0]).toContain('of the expectation over 36 joint draws');
    expect(told[0]?.replace(/seed: \d/, '')).toBe(told[1]?.replace(/seed: \d/, ''));
    expect(exactly(() => checkGradients({ ...mixed, objective }))).toContain('joint draws');
  });

  it('finds IWAE that sticks the landing, which is biased, where the ELBO is not', () => {
    const landing = (particles: number): Objective => ({
      ...iwae({ particles }),
      estimate: (joint) => {
        const { estimate } = iwae({ particles });
        const { value, terms } = estimate(joint);
        return { value, terms, surrogate: estimate(rescored(joint, { guide: 'stopped' })).value };
      },
    });
    checkGradients({ ...gaussian, objective: landing(1) });
    expect(() => checkGradients({ ...gaussian, objective: landing(2) })).toThrow(
      /of the expectation over \d+ joint draws/,
    );
  });

  it('does not accuse scores where the bound jumps with its draws', () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const side = tf.sign(z);
      yield* observe('x', normal(tf.mul(side, yield* param('height', 2)), 1), 1);
    });
    const objective = vimco({ particles: 5 });
    checkGradients({ model, guide: gaussian.guide, objective, draws: 960 });
  });

  it('says of which objectives the gradient is another', () => {
    for (const objective of [eubo({ particles: 2 }), tailAdaptive({ particles: 2 })]) {
      expect(() => checkGradients({ ...gaussian, objective })).toThrow(LawNotApplicable);
    }
  });

  it('goes by draws where there are too many joint draws', () => {
    const objective = iwae({ particles: 8 });
    checkGradients({ ...finite, objective, draws: 480 });
    expect(
      exactly(() => checkGradients({ ...finite, objective: withoutScore(8), draws: 2560 })),
    ).toContain('in the mean over draws');
  });
});

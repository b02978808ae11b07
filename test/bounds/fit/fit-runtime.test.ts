/**
 * What types cannot see of a guide that does not fit: names that are variables, shapes, sizes and
 * bounds. Every pair here compiles; `init` refuses it before the objective or the optimiser is
 * asked anything, frees what it made and prints nothing.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import {
  type Distribution,
  type Objective,
  type Program,
  SiteError,
  type Svi,
  bernoulli,
  bijectors,
  block,
  categorical,
  condition,
  delta,
  elbo,
  factor,
  independent,
  intervene,
  key,
  mixture,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  simplex,
  svi,
  transformed,
  uniform,
} from 'marginalia';
import { lowerCholesky, nonnegative } from 'marginalia/distributions';
import type { SviSpec } from 'marginalia/inference';
import { of } from 'marginalia/monad';
import { GuideMisfitError, type Misfit } from 'marginalia/objectives';
import type { Optimizer } from 'marginalia/optimizers';
import type { PlateOptions } from 'marginalia/primitives';

const tooEarly = (): never => {
  throw new Error('asked before the fit was checked');
};
const optimizer: Optimizer = { init: tooEarly, update: tooEarly };
const bound = { ...elbo(), estimate: tooEarly };
const pathwise = { ...elbo({ gradient: 'pathwise' }), estimate: tooEarly };
const covering = {
  ...bound,
  meaning: { requires: { support: 'covers', gradient: 'any' } as const },
};

type AnyProgram = Program<unknown, unknown>;

const against = <M extends AnyProgram, G extends AnyProgram, O extends Objective = typeof bound>(
  model: SviSpec<void, M, G, O>['model'],
  guide: SviSpec<void, M, G, O>['guide'],
  objective: SviSpec<void, M, G, O>['objective'],
): Svi<void> => svi({ model, guide, objective, optimizer });

/** What `init` throws; it must leave no tensor and no line behind. */
const refusal = (inference: Svi<void>): GuideMisfitError => {
  const lines = (['log', 'info', 'debug', 'warn', 'error'] as const).map((to) =>
    vi.spyOn(console, to),
  );
  const before = tf.memory().numTensors;
  const thrown: unknown[] = [];
  try {
    inference.init(key(0), undefined);
  } catch (error) {
    thrown.push(error);
  }
  expect(tf.memory().numTensors).toBe(before);
  for (const line of lines) expect(line).not.toHaveBeenCalled();
  const [error] = thrown;
  if (error instanceof GuideMisfitError) return error;
  throw error ?? new Error('the guide was accepted');
};

/** Names as data has them: the compiler knows only that they are strings. */
const named = (name: string): string => name;
const [z, w, x, f] = [named('z'), named('w'), named('x'), named('f')];
const [a, b] = [named('a'), named('b')];

const line = () => normal(0, 1);
const halfLine = () => transformed(normal(0, 1), bijectors.exp);
const unit = () => uniform(0, 1);
const coin = () => bernoulli({ probs: 0.5 });
const twoClasses = () => categorical({ logits: [0, 0] });
const threeClasses = () => categorical({ logits: [0, 0, 0] });
const pair = () => independent(normal([0, 0], 1));
const triple = () => multivariateNormal([0, 0, 0], { covariance: tf.eye(3) });
const shares = () => delta([0.5, 0.5], { support: simplex });
const mixed = () => mixture(twoClasses(), normal([-1, 1], 1));

const standard = () => sample(z, line());
const chain = () =>
  program(function* () {
    const scale = yield* sample(z, halfLine());
    yield* sample(w, normal(0, scale));
  });
const loop = (start: number) => () =>
  program(function* () {
    for (const i of [start, start + 1]) yield* sample(`z_${i}`, line());
  });
const withFactor = program(function* () {
  yield* factor(f, yield* standard());
});
/** Hides the row, for the compiler knows kinds of sites even where it knows no names. */
const opaque = (p: Program<unknown, unknown>) => () => p;

type Case = readonly [what: string, inference: Svi<void>, ...misfits: readonly Misfit[]];

const missing = (site: string): Misfit => ({ _tag: 'missing', site });
const extra = (site: string): Misfit => ({ _tag: 'extra', site });

const sites: readonly Case[] = [
  ['one missing', against(chain, () => sample(w, line()), bound), missing('z')],
  ['all missing', against(chain, opaque(of(0)), bound), missing('z'), missing('w')],
  ['one too many', against(() => sample(z, halfLine()), chain, bound), extra('w')],
  ['misspelt in a loop', against(loop(0), loop(1), bound), missing('z_0'), extra('z_2')],
  ['blocked', against(chain, opaque(block(chain(), [w])), bound), missing('w')],
  ['intervened on', against(opaque(intervene(chain(), { [w]: 1 })), chain, bound), extra('w')],
  [
    'observed in the model',
    against(opaque(condition(chain(), { [w]: 1 })), chain, bound),
    { _tag: 'observedInModel', site: 'w' },
  ],
  [
    'observed in the guide',
    against(standard, opaque(observe(z, line(), 2)), bound),
    missing('z'),
    { _tag: 'observedInGuide', site: 'z' },
  ],
  [
    'a factor in the guide',
    against(standard, opaque(withFactor), bound),
    { _tag: 'factorInGuide', site: 'f' },
  ],
];

const support = (inner: string, outer: string, rule: 'within' | 'covers' = 'within'): Misfit => ({
  _tag: 'support',
  site: 'z',
  inner,
  outer,
  rule,
});
const shape = (model: string, guide: string): Misfit => ({
  _tag: 'shape',
  site: 'z',
  model,
  guide,
});
const gradient = (family: string): Misfit => ({
  _tag: 'gradient',
  site: 'z',
  family,
  objective: 'elbo',
});

type Law = () => Distribution;
const laws = (model: Law, guide: Law, objective: Objective = bound): Svi<void> =>
  against(
    () => sample(z, model()),
    () => sample(z, guide()),
    objective,
  );

const matrix = () => independent(normal([[0, 0]], 1), 2);
const factors = () => delta([[1, 0]], { support: lowerCholesky });
const vectorOf = 'array of rank 1 over real';

const supports: readonly Case[] = [
  ['real for positive', laws(halfLine, line), support('real', 'positive')],
  [
    'nonnegative for positive',
    laws(halfLine, () => delta(1, { support: nonnegative })),
    support('nonnegative', 'positive'),
  ],
  [
    'a wider interval',
    laws(unit, () => uniform(0, 2)),
    support('interval(0, 2)', 'interval(0, 1)'),
  ],
  [
    'an interval below zero',
    laws(halfLine, () => uniform(-1, 1)),
    support('interval(-1, 1)', 'positive'),
  ],
  [
    'an interval with a computed bound',
    laws(unit, () => uniform(0, tf.scalar(1))),
    support('interval(0, ?)', 'interval(0, 1)'),
  ],
  ['more classes', laws(twoClasses, threeClasses), support('integers(0..2)', 'boolean')],
  ['more classes than a coin', laws(coin, threeClasses), support('integers(0..2)', 'boolean')],
  ['discrete for continuous', laws(line, coin), support('boolean', 'real')],
  ['continuous for discrete', laws(threeClasses, line), support('real', 'integers(0..2)')],
  ['a vector for a simplex', laws(shares, pair), support(vectorOf, 'simplex')],
  [
    'a simplex for a factor',
    laws(factors, shares),
    support('simplex', 'lower-triangular with positive diagonal'),
    shape('[1, 2]', '[2]'),
  ],
  ['no independent', laws(pair, line), support('real', vectorOf), shape('[2]', '[]')],
  [
    'a matrix for a vector',
    laws(pair, matrix),
    support('array of rank 2 over real', vectorOf),
    shape('[2]', '[1, 2]'),
  ],
  ['a longer vector', laws(pair, triple), shape('[2]', '[3]')],
  ['no cover', laws(line, halfLine, covering), support('real', 'positive', 'covers')],
  ['a mixture under pathwise', laws(line, mixed, pathwise), gradient('Mixture(Normal)')],
  ['a coin under pathwise', laws(coin, coin, pathwise), gradient('Bernoulli')],
];

const plates = (model: string, guide: string): Misfit => ({
  _tag: 'plates',
  site: 'z',
  model,
  guide,
});
const inA = (options: number | PlateOptions) => () => plate(a, options, standard());
const inBoth = () => plate(a, 3, plate(b, 2, standard()));
const means = () => plate(a, 3, sample(z, normal([0, 1, 2], 1)));
const learned = () =>
  plate(
    a,
    5,
    program(function* () {
      yield* sample(z, normal(yield* param('loc', 0), 1));
    }),
  );
const [ofThree, ofFive] = ["plate 'a' (3 of 3 on axis -1)", "plate 'a' (5 of 5 on axis -1)"];

const places: readonly Case[] = [
  ['outside', against(inA(3), standard, bound), plates(ofThree, 'no plate')],
  [
    'in another',
    against(inA(3), () => plate(b, 3, standard()), bound),
    plates(ofThree, "plate 'b' (3 of 3 on axis -1)"),
  ],
  [
    'in one of two',
    against(inBoth, inA(3), bound),
    plates("plate 'a' (3 of 3 on axis -1), plate 'b' (2 of 2 on axis -2)", ofThree),
  ],
  [
    'in one too many',
    against(inA(3), inBoth, bound),
    plates(ofThree, "plate 'a' (3 of 3 on axis -1), plate 'b' (2 of 2 on axis -2)"),
  ],
  ['of another size', against(inA(3), learned, bound), plates(ofThree, ofFive)],
  ['of another size than the batch', against(means, learned, bound), plates(ofThree, ofFive)],
  [
    'of another size under one subsample',
    against(inA({ size: 6, subsample: 2 }), inA({ size: 8, subsample: 2 }), bound),
    plates("plate 'a' (2 of 6 on axis -1)", "plate 'a' (2 of 8 on axis -1)"),
  ],
  [
    'on another axis',
    against(inA(3), inA({ size: 3, axis: -2 }), bound),
    plates(ofThree, "plate 'a' (3 of 3 on axis -2)"),
  ],
  [
    'with another subsample',
    against(inA({ size: 6, subsample: 3 }), inA({ size: 6, subsample: 2 }), bound),
    plates("plate 'a' (3 of 6 on axis -1)", "plate 'a' (2 of 6 on axis -1)"),
  ],
];

describe.each([
  ['sites', sites],
  ['supports, shapes and gradients', supports],
  ['plates', places],
] as const)('refuses %s:', (_, cases) => {
  for (const [what, inference, ...misfits] of cases) {
    it(what, () => {
      expect(refusal(inference).misfits).toEqual(misfits);
    });
  }
});

it('frees what it made where a program is wrong in itself', () => {
  const unplaced = () =>
    program(function* () {
      yield* sample(z, normal(tf.log(tf.scalar(3)), tf.exp(tf.tensor1d([1, 2]))));
    });
  const before = tf.memory().numTensors;
  expect(() => against(inA(3), unplaced, bound).init(key(0), undefined)).toThrow(SiteError);
  expect(tf.memory().numTensors).toBe(before);
});

it('asks the objective once the guide fits', () => {
  expect(() => against(standard, standard, bound).init(key(0), undefined)).toThrow('asked before');
});

describe('the message names the site, the reason and the cure:', () => {
  const told = (inference: Svi<void>): readonly string[] => {
    const [first, ...lines] = refusal(inference).message.split('\n');
    expect(first).toBe('The guide does not fit the model.');
    return lines;
  };

  it.each([
    [
      'sites of the guide',
      against(
        opaque(condition(chain(), { [w]: 1 })),
        opaque(
          program(function* () {
            yield* observe(z, line(), 1);
            yield* sample(w, line());
            yield* sample(x, line());
            yield* factor(f, 0);
          }),
        ),
        bound,
      ),
      "- site 'z' is sampled by the model but missing from the guide: sample it in the guide, or condition the model on it.",
      "- site 'z' is observed in the guide: observe it in the model instead.",
      "- site 'w' is sampled by the guide but observed in the model: remove it from the guide.",
      "- site 'x' is sampled by the guide but is no latent site of the model: remove it from the guide, or sample it in the model.",
      "- site 'f' is a factor in the guide, whose density must be normalised: move it to the model.",
    ],
    [
      'support and shape',
      laws(shares, triple),
      "- site 'z': the guide's support, array of rank 1 over real, is not contained in the model's, simplex: use a family on simplex, or transform one onto it.",
      "- site 'z' has event shape [2] in the model but [3] in the guide: make the shapes equal.",
    ],
    [
      'cover',
      laws(line, unit, covering),
      "- site 'z': the guide's support, interval(0, 1), does not cover the model's, real, as it must here: use a family on real.",
    ],
    [
      'gradient',
      laws(line, mixed, pathwise),
      "- site 'z': Mixture(Normal) is not reparameterised, as elbo needs here: use a pathwise family, or an objective that takes scores.",
    ],
    [
      'plates',
      against(inA(3), standard, bound),
      "- site 'z' lies in plate 'a' (3 of 3 on axis -1) in the model but in no plate in the guide: put both in the same plates.",
    ],
  ])('%s', (_, inference, ...lines) => {
    expect(told(inference)).toEqual(lines);
  });
});

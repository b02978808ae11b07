/**
 * `checkModel` over what it is told: objectives, evidence, posteriors, rows, loops, orders, subsamples. Seeds
 * are fixed; the false alarms of each call are 1e-6.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Tensor,
  categorical,
  elbo,
  mixture,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
} from 'marginalia';
import { sample as casesOf } from 'fast-check';
import { BrokenLawsError, type ModelCheck, boundCases, checkModel } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import {
  conjugate,
  logEvidence,
  loopGuide,
  loopOf,
  plated,
  posterior,
  trained,
} from './law-subjects.js';

/** The checks that fail, with what they say. */
const brokenBy = async (
  told: Promise<unknown>,
): Promise<Readonly<Partial<Record<string, string>>>> => {
  try {
    await told;
  } catch (error) {
    if (!(error instanceof BrokenLawsError)) throw error;
    return Object.fromEntries(error.broken.map(({ check, why }) => [check, why]));
  }
  return {};
};

const size = 8;
const readings = [0.9, -0.4, 1.7, 0.2, -1.1, 2.4, 0.6, 1.3];
const data = tf.tensor1d(readings);
/** log p of readings that are N(0, 1 + 1/4) each. */
const evidence = readings.reduce(
  (sum, x) => sum - Math.log(2 * Math.PI * 1.25) / 2 - (x * x) / 2.5,
  0,
);

const at = (rows: Tensor) => tf.gather(data, rows);
const modelBody = (rows: Tensor, read = at) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(z, 0.5), read(rows));
  });
const guideBody = (scale: number) => (rows: Tensor) =>
  program(function* () {
    const slope = yield* shared(param('slope', 0.8));
    yield* sample('z', normal(tf.mul(slope, at(rows)), scale));
  });
const exactScale = Math.sqrt(0.2);
const by =
  <E, A>(body: (rows: Tensor) => Program<E, A>) =>
  (rows: Tensor) =>
    plate('data', { size, indices: rows }, body(rows));
const byRows = { model: by(modelBody), guide: by(guideBody(0.7)), size };
const every = tf.range(0, size, 1, 'int32');
const whole = { model: byRows.model(every), guide: byRows.guide(every) };

describe('a subsampled plate', () => {
  const drawn = { size, subsample: 4 };
  const subject = {
    model: plate('data', drawn, modelBody),
    guide: plate('data', drawn, guideBody(0.7)),
    posterior: plate('data', drawn, guideBody(exactScale)),
    logEvidence: evidence,
    draws: 640,
  };

  it('passes, of which evidence and posterior are those of all data', async () => {
    const { passed, skipped } = await checkModel(subject);
    expect(skipped.map(({ check }) => check)).toEqual(['checkReordering', 'checkPlateIsLoop']);
    expect(passed).toContain('checkMinibatches');
  });

  it('passes with sites outside of the plate', async () => {
    const model = program(function* () {
      const centre = yield* sample('centre', normal(0, 1));
      yield* plate('data', drawn, (visited) =>
        program(function* () {
          const z = yield* sample('z', normal(centre, 1));
          yield* observe('x', normal(z, 0.5), tf.gather(data, visited));
        }),
      );
    });
    const guide = program(function* () {
      yield* sample('centre', normal(yield* param('loc', 0.5), 0.7));
      yield* plate('data', drawn, guideBody(0.7));
    });
    const { passed } = await checkModel({ model, guide, draws: 640 });
    expect(passed).toContain('checkMinibatches');
    expect(passed).toContain('checkEstimatorsAgree');
  });

  it('is found to read other rows than it visits', async () => {
    const blind = plate('data', drawn, (visited) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(z, 0.5), tf.slice(data, 0, visited.size));
      }),
    );
    const found = await brokenBy(
      checkModel({ ...subject, model: blind, laws: ['checkMinibatches'] }),
    );
    expect(found.checkMinibatches).toContain('minibatches average to the full bound');
  });

  it('cannot be told the evidence of all data where some are all that it is given', async () => {
    const some = tf.tensor1d([0, 3], 'int32');
    const part = { model: byRows.model(some), guide: byRows.guide(some), logEvidence: evidence };
    const laws = ['checkWeights'] as const;
    const found = await brokenBy(checkModel({ ...part, laws }));
    expect(found.checkWeights).toContain(
      "all of plate 'data', but got 2 of 8 elements; give `rows`",
    );
    expect((await checkModel({ ...part, rows: byRows, laws })).passed).toEqual(laws);
    some.dispose();
  });
});

describe('what is given for a law', () => {
  const only = (...laws: readonly ModelCheck[]) => ({ laws });

  it('reaches it: an objective does not reach laws whose objective is a function', async () => {
    const { passed } = await checkModel({
      model: sample('z', normal(0, 1)),
      guide: sample('z', normal(0, 2)),
      objective: elbo(),
      ...only('checkOrderInParticles', 'checkOrderInAlpha', 'checkRenaming'),
    });
    expect(passed).toHaveLength(3);
  });

  it('fails with the reason where rows are of a plate that forgets its size', async () => {
    const forgetful = {
      model: (some: Tensor) => plate('data', some.size, modelBody(some)),
      guide: (some: Tensor) => plate('data', some.size, guideBody(0.7)(some)),
      size,
    };
    const found = await brokenBy(
      checkModel({ ...whole, rows: forgetful, ...only('checkMinibatches') }),
    );
    expect(found.checkMinibatches).toContain('a plate of 8 elements that visits the rows');
    expect(found.checkMinibatches).toContain("plate 'data' of size 1, which visits 1");
  });

  it('fails where the rows are of other data', async () => {
    const backwards = (some: Tensor) => at(tf.sub(size - 1, some).toInt());
    const shifted = { ...byRows, model: by((some) => modelBody(some, backwards)) };
    const found = await brokenBy(
      checkModel({ ...whole, rows: shifted, ...only('checkMinibatches') }),
    );
    expect(found.checkMinibatches).toContain('the bound of all rows');
  });

  it('fails where a loop is of a plate that is not there', async () => {
    const loop = { looped: { model: loopOf([1, 2, 3]), guide: loopGuide }, plate: 'elsewhere' };
    const found = await brokenBy(checkModel({ ...plated, loop, ...only('checkPlateIsLoop') }));
    expect(found.checkPlateIsLoop).toContain(
      "a latent site in plate 'elsewhere', but got latent sites in plates 'data'",
    );
  });

  it('fails where another order is the same order', async () => {
    const reordered = { model: conjugate };
    const subject = { model: conjugate, guide: trained, reordered, ...only('checkReordering') };
    const found = await brokenBy(checkModel(subject));
    expect(found.checkReordering).toContain('sites in another order');
  });

  it('fails where params name no parameter', async () => {
    const subject = { model: conjugate, guide: trained, params: { lok: tf.scalar(1) } };
    await expect(checkModel(subject)).rejects.toThrow(
      "checkModel: expected params of 'loc', 'scale'",
    );
  });

  it('fails where the evidence is no number', async () => {
    const subject = { model: conjugate, guide: trained, logEvidence: NaN };
    await expect(checkModel(subject)).rejects.toThrow('checkModel: expected logEvidence to be');
  });

  it('fails where a bound is too large at the exact guide', async () => {
    const objective: Objective = {
      ...elbo(),
      estimate: (joint) => {
        const { value, surrogate, terms } = elbo().estimate(joint);
        return { value: tf.mul(value, 3 / 4), surrogate, terms };
      },
    };
    const subject = { model: conjugate, guide: trained, posterior, logEvidence };
    const found = await brokenBy(checkModel({ ...subject, objective, ...only('checkTight') }));
    expect(found.checkTight).toContain('tight');
    expect((await checkModel({ ...subject, ...only('checkTight') })).passed).toEqual([
      'checkTight',
    ]);
  });
});

describe('what cannot be checked', () => {
  const told = (subject: object): Promise<unknown> =>
    Reflect.apply(checkModel, undefined, [{ model: conjugate, guide: trained, ...subject }]);

  it('is knowledge by a name that is misspelt', async () => {
    await expect(told({ logEvidense: -100, laws: ['checkReplay'] })).rejects.toThrow(
      "but got 'logEvidense'; write 'logEvidence', or leave it out.",
    );
    await expect(told({ posterier: trained })).rejects.toThrow("write 'posterior'");
  });

  it('is not what a generated case tells beside it', async () => {
    const [c] = casesOf(boundCases(), { numRuns: 1, seed: 3 });
    expect(await told({ ...c, laws: ['checkReplay'] })).toMatchObject({ passed: ['checkReplay'] });
  });

  it('is a model or a guide that is no program', async () => {
    await expect(told({ guide: undefined, laws: ['checkReplay'] })).rejects.toThrow(
      'checkModel: expected guide to be a program, but got nothing;',
    );
    await expect(told({ model: () => conjugate })).rejects.toThrow(
      'checkModel: expected model to be a program, but got a function;',
    );
    await expect(told({ posterior: 3 })).rejects.toThrow('expected posterior to be a program');
  });

  it('is a program that cannot run, and says so once', async () => {
    const model = program(function* () {
      yield* conjugate;
      yield* observe('y', normal(tf.zeros([3]), 1), 0);
    });
    const error: unknown = await told({ model }).catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(BrokenLawsError);
    expect(String(error)).toContain("'y'");
    expect(String(error)).not.toContain('checks failed');
  });
});

describe('a class that the guide cannot draw', () => {
  const means = [-3, 0, 3];
  const xs = [-3, 0, 3, 2.5];
  const model = plate(
    'data',
    4,
    program(function* () {
      const k = yield* sample('k', categorical({ probs: [1, 1, 1] }));
      yield* observe('x', normal(tf.gather(means, k.toInt()), 1), xs);
    }),
  );
  const joint = xs.map((x) =>
    means.map((m) => -((x - m) ** 2) / 2 - Math.log(2 * Math.PI) / 2 - Math.log(3)),
  );
  const total = (row: readonly number[]) => Math.log(row.reduce((sum, l) => sum + Math.exp(l), 0));
  const guide = (last: number) =>
    plate(
      'data',
      4,
      program(function* () {
        const logits = yield* shared(param('logits', [0, 0, last]));
        yield* sample('k', categorical({ logits }));
      }),
    );
  const subject = {
    model,
    posterior: plate('data', 4, sample('k', categorical({ logits: tf.tensor2d(joint) }))),
    logEvidence: joint.reduce((sum, row) => sum + total(row), 0),
    laws: ['checkCoverage', 'checkExactGuide'],
  } as const;

  it('is found where the posterior is given', async () => {
    const found = await brokenBy(checkModel({ ...subject, guide: guide(-40) }));
    expect(Object.keys(found)).toEqual(['checkCoverage']);
    expect(found.checkCoverage).toContain("at element 2 of 'k'");
    expect((await checkModel({ ...subject, guide: guide(-6) })).passed).toHaveLength(2);
  });

  it('is found as a component of a mixture', async () => {
    const of = (last: number) =>
      mixture(categorical({ logits: [0, 0, last] }), normal([-5, 0, 5], 1));
    const law = {
      model: sample('z', of(0)),
      posterior: sample('z', of(0)),
      laws: ['checkCoverage'],
    } as const;
    const found = await brokenBy(checkModel({ ...law, guide: sample('z', of(-40)) }));
    expect(found.checkCoverage).toContain("'z'");
    expect((await checkModel({ ...law, guide: sample('z', of(-6)) })).passed).toHaveLength(1);
  });

  it('leaves a guide that is only far away alone', async () => {
    const law = { model: sample('z', normal(0, 1)), posterior: sample('z', normal(0, 1)) };
    const far = sample('z', normal(12, 0.5));
    expect((await checkModel({ ...law, guide: far, laws: ['checkCoverage'] })).passed).toHaveLength(
      1,
    );
  });
});

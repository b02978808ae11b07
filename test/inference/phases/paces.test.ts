/** Phases that have no turn in some steps, that only evaluate, and that compute what they set. */
import * as tf from '@tensorflow/tfjs';
import {
  SiteError,
  type SviState,
  type Tensor,
  adam,
  categorical,
  elbo,
  fit,
  foldIn,
  freeState,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  sgd,
  shared,
  showDerivation,
  simplex,
  svi,
  useBackend,
} from 'marginalia';
import { assign, phases } from 'marginalia/inference';
import { beforeAll, describe, expect, it } from 'vitest';
import { isDue, ownStep } from '../../../src/inference/phases/pace.js';
import { right } from '../../either.js';
import { sameInEveryEngine } from '../compiled/engines.js';
import { bits, both, eStep, mStep, numbers, three } from './phase-parts.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

describe('a pace', () => {
  it('counts the stages that were taken, in phases of phases too', () => {
    const inner = { times: 2, round: 0, every: 3, after: 1 };
    for (const paces of [
      [inner],
      [{ times: 2, round: 0, every: 1, after: 0 }, inner],
      [{ times: 1, round: 0, every: 2, after: 4 }, inner],
    ]) {
      // All stages in a row, counted one by one.
      let taken = 0;
      const rounds = (paces[0]?.times ?? 1) * (paces.length === 2 ? 1 : 0) || 1;
      for (let step = 0; step < 30; step += 1) {
        for (let outer = 0; outer < rounds; outer += 1) {
          for (let own = 0; own < 2; own += 1) {
            const at = paces.map((p, i) => ({
              ...p,
              round: i === paces.length - 1 ? own : outer,
            }));
            if (!isDue(at, step)) continue;
            expect(ownStep(at, step)).toBe(taken);
            taken += 1;
          }
        }
      }
      expect(taken).toBeGreaterThan(5);
    }
  });
});

describe('a phase that rests', () => {
  const made = () =>
    phases({ e: eStep(), m: { svi: mStep(), times: 2, every: 3, after: 2 } }, { report: 'e' });

  it('is its inference in the steps that it has, bit by bit', () => {
    tf.tidy(() => {
      const x = three();
      const whole = made();
      const [first, second] = [eStep(), mStep()];
      let state = whole.init(key(3), x);
      let a = first.init(foldIn(key(3), 'e'), x);
      let b = second.init(foldIn(key(3), 'm'), x);
      for (let step = 0; step < 7; step += 1) {
        const [next, metrics] = whole.step(state, x);
        state = next;
        [a] = first.step({ ...a, params: { ...a.params, ...b.params } }, x);
        b = { ...b, params: a.params };
        const due = step === 2 || step === 5;
        if (due) for (let stage = 0; stage < 2; stage += 1) [b] = second.step(b, x);
        expect(Object.keys(metrics.phases ?? {})).toEqual(due ? ['e', 'm', 'm/1', 'm/2'] : ['e']);
        for (const [name, value] of Object.entries(b.params)) {
          expect(numbers(state.params[name]), `${name} at ${step}`).toEqual(numbers(value));
        }
      }
      expect([state.step, b.step]).toEqual([7, 4]);
    });
  });

  it('is the same in every engine, and goes on from where it was', async () => {
    await sameInEveryEngine(made(), three(), 6);
    const data = rowsOf(Float32Array.of(1, 2, 0.5, -1), []);
    const run = async (steps: number, from?: SviState): Promise<SviState> =>
      right(
        await fit({
          svi: made(),
          data,
          batchSize: 2,
          length: { steps },
          key: key(5),
          executor: 'javascript',
          reportEvery: 8,
          onWarning: () => undefined,
          ...(from && { from }),
        })(),
      ).state;
    const [whole, half] = [await run(8), await run(4)];
    const rest = await run(8, half);
    expect(bits(rest)).toEqual(bits(whole));
    [whole, half, rest].forEach(freeState);
  });

  it('is told as such, and refused where it cannot be', () => {
    const x = three();
    const state = made().init(key(0), x);
    expect(showDerivation(state.derivation)).toContain(
      'phase m, 2 times every 3 steps, after 2 steps:',
    );
    freeState(state);
    x.dispose();
    expect(() => phases({ m: { svi: mStep(), every: 2 } })).toThrow(/in every step.*'m'/s);
    expect(() => phases({ m: { svi: mStep(), every: 0 } })).toThrow(RangeError);
    const inside = phases({ e: eStep() });
    expect(() => phases({ e: eStep(), inside: { svi: inside, after: 2 } })).toThrow(
      /'inside'.*single inference/s,
    );
  });
});

describe('a phase without an optimiser', () => {
  it('only evaluates, in every engine', async () => {
    const watch = svi({ ...both, objective: elbo({ particles: 3 }) });
    const made = phases({ e: eStep(), watch }, { report: 'watch' });
    const alone = phases({ e: eStep() });
    tf.tidy(() => {
      const x = three();
      const [own, other] = [made.init(key(3), x), alone.init(key(3), x)];
      const [next, { loss }] = made.step(own, x);
      const [same] = alone.step(other, x);
      for (const [name, value] of Object.entries(same.params)) {
        expect(numbers(next.params[name]), name).toEqual(numbers(value));
      }
      const part = { ...next, step: 0 };
      expect(numbers(made.evaluate(part, x).loss)).toEqual(numbers(loss));
      expect(showDerivation(own.derivation)).toMatch(/phase watch:[^]*parameters: none/);
    });
    await sameInEveryEngine(made, three());
  });

  it('is nothing to train by itself', async () => {
    expect(() => svi({ ...both, objective: elbo(), trains: ['common'] })).toThrow(
      /svi: .*optimizer/,
    );
    const watch = svi({ ...both, objective: elbo() });
    await expect(
      fit({
        svi: watch,
        data: rowsOf(Float32Array.of(1, 2), []),
        batchSize: 2,
        length: { steps: 1 },
        key: key(0),
      })(),
    ).rejects.toThrow(/trains none/);
  });
});

describe('exact EM of a mixture', () => {
  const values = Float32Array.of(-2.1, -1.7, -1.2, -0.4, 0.3, 0.9, 1.4, 1.6, 2.2, 2.9, 3.1, 3.3);
  const theta = program(function* () {
    const weight = yield* shared(param('weight', [0.5, 0.5], { support: simplex }));
    const loc = yield* shared(param('loc', [-1, 1]));
    const scale = yield* shared(param('scale', [1, 1.5], { support: positive }));
    return { weight, loc, scale };
  });
  /** log p(x, z), unnormalised responsibilities: a row for each datum. */
  const logits = program(function* () {
    return yield* shared(param('q', tf.zeros([values.length, 2])));
  });
  const e = assign((x: Tensor) =>
    program(function* () {
      const { weight, loc, scale } = yield* theta;
      yield* logits;
      return { q: tf.add(tf.log(weight), normal(loc, scale).logProb(tf.expandDims(x, -1))) };
    }),
  );
  const m = assign((x: Tensor) =>
    program(function* () {
      const share = tf.softmax(yield* logits);
      yield* theta;
      const count = tf.sum(share, 0);
      const mean = (of: Tensor): Tensor => tf.div(tf.sum(tf.mul(share, of), 0), count);
      const each = tf.expandDims(x, -1);
      const loc = mean(each);
      const scale = tf.sqrt(mean(tf.squaredDifference(each, loc)));
      return { weight: tf.div(count, values.length), loc, scale };
    }),
  );
  const bound = svi({
    model: (x: Tensor) =>
      plate(
        'data',
        values.length,
        program(function* () {
          const { weight, loc, scale } = yield* theta;
          const z = yield* sample('z', categorical({ logits: tf.log(weight) }));
          const at = tf.cast(z, 'int32');
          yield* observe('x', normal(tf.gather(loc, at), tf.gather(scale, at)), x);
        }),
      ),
    guide: () =>
      plate(
        'data',
        values.length,
        program(function* () {
          yield* sample('z', categorical({ logits: yield* logits }));
        }),
      ),
    objective: elbo(),
  });
  const em = phases({ e, bound, m }, { report: 'bound' });

  /** EM by hand in double precision: log p(x) before each M step, and where it ends. */
  const byHand = (steps: number) => {
    let at = { weight: [0.5, 0.5], loc: [-1, 1], scale: [1, 1.5] };
    const logEvidence: number[] = [];
    for (let step = 0; step < steps; step += 1) {
      const joint = Array.from(values, (x) =>
        [0, 1].map((k) => {
          const s = at.scale[k] ?? NaN;
          const d = (x - (at.loc[k] ?? NaN)) / s;
          return ((at.weight[k] ?? NaN) * Math.exp((-d * d) / 2)) / (s * Math.sqrt(2 * Math.PI));
        }),
      );
      const totals = joint.map(([a = NaN, b = NaN]) => a + b);
      logEvidence.push(totals.reduce((sum, p) => sum + Math.log(p), 0));
      const share = joint.map((row, i) => row.map((p) => p / (totals[i] ?? NaN)));
      const over = (f: (x: number, k: number) => number): number[] =>
        [0, 1].map((k) =>
          share.reduce((sum, row, i) => sum + (row[k] ?? NaN) * f(values[i] ?? NaN, k), 0),
        );
      const count = over(() => 1);
      const loc = over((x) => x).map((sum, k) => sum / (count[k] ?? NaN));
      const scale = over((x, k) => (x - (loc[k] ?? NaN)) ** 2).map((sum, k) =>
        Math.sqrt(sum / (count[k] ?? NaN)),
      );
      at = { weight: count.map((n) => n / values.length), loc, scale };
    }
    return { ...at, logEvidence };
  };

  it('touches the evidence after each E step, and raises it: as by hand', () => {
    tf.tidy(() => {
      const x = tf.tensor1d(values);
      const exact = byHand(12);
      let state = em.init(key(0), x);
      exact.logEvidence.forEach((expected, step) => {
        const [next, { loss, phases: each }] = em.step(state, x);
        state = next;
        expect(-(numbers(loss)[0] ?? NaN), `step ${step}`).toBeCloseTo(expected, 3);
        expect(Object.keys(each ?? {})).toEqual(['e', 'bound', 'm']);
        if (step > 0) expect(expected).toBeGreaterThan(exact.logEvidence[step - 1] ?? NaN);
      });
      const found = paramValues(state);
      for (const name of ['weight', 'loc', 'scale'] as const) {
        numbers(found[name]).forEach((v, k) =>
          expect(v, name).toBeCloseTo(exact[name][k] ?? NaN, 4),
        );
      }
      expect(showDerivation(state.derivation).split('\n').slice(0, 4)).toEqual([
        'phase e:',
        'change = ‖new − old‖²',
        'estimated with 1 particle:',
        'parameters: q',
      ]);
    });
  });

  it('is the same in every engine, and beside phases that descend', async () => {
    await sameInEveryEngine(em, tf.tensor1d(values));
    const descent = { ...both, objective: elbo(), optimizer: adam(0.1) };
    await sameInEveryEngine(
      phases({
        theta: svi({ ...descent, trains: ['model'] }),
        common: assign((x: Tensor) =>
          program(function* () {
            yield* param('common', 0.2);
            const prior = yield* param('model/prior', 0.3);
            return { common: tf.add(tf.div(tf.mean(x), 2), tf.mul(0.1, prior)) };
          }),
        ),
        phi: svi({ ...descent, optimizer: sgd(0.05), trains: ['guide'] }),
      }),
      three(),
    );
  });

  it('sets a parameter to the bit, whatever it was', () => {
    const set = assign(() =>
      program(function* () {
        yield* param('a', 1e6);
        return { a: tf.scalar(1.1) };
      }),
    );
    tf.tidy(() => {
      const [state, { loss }] = set.step(set.init(key(0), undefined), undefined);
      expect(numbers(state.params['a'])).toEqual([Math.fround(1.1)]);
      expect(numbers(loss)[0]).toBeGreaterThan(9e11);
      const [, again] = set.step(state, undefined);
      expect(numbers(again.loss)).toEqual([0]);
    });
  });

  it('refuses values for what is no parameter, and of another shape', () => {
    const begin = (next: Readonly<Record<string, Tensor>>) => () =>
      assign(() =>
        program(function* () {
          yield* param('loc', [0, 0]);
          return next;
        }),
      ).init(key(0), undefined);
    expect(begin({ lok: tf.zeros([2]) })).toThrow(/'lok'.*none of this name.*'loc'/s);
    expect(begin({ loc: tf.zeros([3]) })).toThrow(/'loc'.*\[2\].*\[3\]/s);
    expect(begin({})).toThrow(SiteError);
  });
});

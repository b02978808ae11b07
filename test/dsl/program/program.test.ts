/**
 * Laws of programs: `Program` is a monad up to what a run leaves behind, generators and pipes make
 * the same values, and a site's draws depend on its name and on nothing else.
 */
import * as fc from 'fast-check';
import { pipe } from 'fp-ts/lib/function.js';
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  type Trace,
  bernoulli,
  block,
  condition,
  deterministic,
  factor,
  independent,
  intervene,
  key,
  logDensity,
  mask,
  normal,
  observe,
  param,
  plate,
  program,
  replay,
  sample,
  simulate,
  trace,
} from 'marginalia';
import { Do, bind, flatMap, map, of } from 'marginalia/monad';
import type { Latent } from 'marginalia/primitives';
import * as monad from 'marginalia/monad';
import { describe, expect, it } from 'vitest';
import { tidied } from '../../../dsl/tensors/tidied.js';

type Arrow = (x: Tensor) => Program<unknown, Tensor>;

/** One visit: what kind, and a number that goes into it. */
interface Step {
  readonly kind: 'sample' | 'observe' | 'param' | 'deterministic' | 'factor' | 'plate';
  readonly number: number;
}

const visit = (name: string, { kind, number }: Step, x: Tensor): Program<unknown, Tensor> => {
  const loc = tf.add(tf.mul(x, 0.5), number);
  switch (kind) {
    case 'sample':
      return sample(name, normal(loc, 1));
    case 'observe':
      return observe(name, normal(loc, 1), number);
    case 'param':
      return pipe(
        param(name, number),
        map((p) => tf.add(x, p)),
      );
    case 'deterministic':
      return deterministic(name, loc);
    case 'factor':
      return factor(name, loc);
    case 'plate':
      return pipe(
        plate(`${name} plate`, 2, sample(name, normal(loc, 1))),
        map((v) => tf.sum(v)),
      );
  }
};

/** The program that makes its visits in order, each with the answer of the one before. */
const arrowOf =
  (prefix: string, steps: readonly Step[]): Arrow =>
  (x) =>
    steps.reduce<Program<unknown, Tensor>>(
      (p, step, i) =>
        pipe(
          p,
          flatMap((y) => visit(`${prefix}${i}`, step, y)),
        ),
      of(x),
    );

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>(
      'sample',
      'observe',
      'param',
      'deterministic',
      'factor',
      'plate',
    ),
    number: fc.integer({ min: -8, max: 8 }).map((n) => n / 4),
  }),
  { maxLength: 3 },
);
const arrow = (prefix: string): fc.Arbitrary<Arrow> => steps.map((s) => arrowOf(prefix, s));

interface PlainSite {
  readonly name: string;
  readonly kind: string;
  readonly plates: readonly string[];
  readonly value: readonly number[];
  readonly shape: readonly number[];
  readonly logProb: readonly number[] | undefined;
}

const plain = ({ sites }: Trace<unknown>): readonly PlainSite[] =>
  Object.values(sites).map(({ name, kind, plates, value, logProb }) => ({
    name,
    kind,
    plates,
    value: [...value.dataSync()],
    shape: value.shape,
    logProb: logProb && [...logProb.dataSync()],
  }));

/** What a run leaves behind: its result, its sites in order, their log joint. */
const behaviour = (p: Program<unknown, Tensor>) => {
  const seen = trace(p, { key: key(1) });
  const numbers = (t: Tensor): readonly number[] => [...t.dataSync()];
  return { result: numbers(seen.result), sites: plain(seen), logJoint: numbers(seen.logJoint) };
};

/** Runs `body` and frees its tensors. */
const scopedly = <A>(body: () => A): A => tidied(body, () => []);

const expectSame = (a: Program<unknown, Tensor>, b: Program<unknown, Tensor>): void => {
  expect(scopedly(() => behaviour(a))).toEqual(scopedly(() => behaviour(b)));
};

const namesOf = (p: Program<unknown, unknown>): readonly string[] =>
  scopedly(() => Object.keys(trace(p, { key: key(0) }).sites));

const forAll = (law: (f: Arrow, g: Arrow, h: Arrow, x: number) => void): void =>
  fc.assert(fc.property(arrow('f'), arrow('g'), arrow('h'), fc.integer({ min: -4, max: 4 }), law), {
    numRuns: 40,
    seed: 3,
  });

describe('Program is a monad', () => {
  it('of(x) then f is f(x)', () =>
    forAll((f, _g, _h, x) => expectSame(pipe(of(tf.scalar(x)), flatMap(f)), f(tf.scalar(x)))));

  it('p then of is p', () =>
    forAll((f, _g, _h, x) => expectSame(pipe(f(tf.scalar(x)), flatMap(of)), f(tf.scalar(x)))));

  it('is associative', () =>
    forAll((f, g, h, x) => {
      const p = f(tf.scalar(x));
      expectSame(
        pipe(p, flatMap(g), flatMap(h)),
        pipe(
          p,
          flatMap((y) => pipe(g(y), flatMap(h))),
        ),
      );
    }));

  it('maps as it chains, and its instances are these functions', () =>
    forAll((f, g, _h, x) => {
      const p = f(tf.scalar(x));
      const double = (y: Tensor): Tensor => tf.mul(y, 2);
      expectSame(
        pipe(p, map(double)),
        pipe(
          p,
          flatMap((y) => of(double(y))),
        ),
      );
      expectSame(monad.Monad.map(p, double), pipe(p, map(double)));
      expectSame(monad.Monad.chain(p, g), pipe(p, flatMap(g)));
      expectSame(monad.Monad.of(tf.scalar(x)), of(tf.scalar(x)));
      expectSame(
        monad.Monad.ap(monad.Monad.of(double), p),
        monad.Applicative.ap(
          of(double),
          monad.Functor.map(p, (y: Tensor) => y),
        ),
      );
      expectSame(monad.Monad.ap(of(double), p), pipe(p, map(double)));
    }));

  it('applies left before right', () => {
    const adder = pipe(
      sample('first', normal(0, 1)),
      map((a) => (b: Tensor) => tf.add(a, b)),
    );
    const second: Program<Latent, Tensor> = sample('second', normal(0, 1));
    expect(namesOf(monad.Monad.ap<Latent, Tensor, Tensor>(adder, second))).toEqual([
      'first',
      'second',
    ]);
  });
});

describe('generators and pipes', () => {
  it('make the same programs', () => {
    const generated = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const double = tf.mul(z, 2);
      const x = yield* sample('x', normal(double, 1));
      return tf.add(x, double);
    });
    const piped = pipe(
      Do,
      bind('z', () => sample('z', normal(0, 1))),
      monad.let('double', ({ z }) => tf.mul(z, 2)),
      bind('x', ({ double }) => sample('x', normal(double, 1))),
      map(({ x, double }) => tf.add(x, double)),
    );
    expectSame(generated, piped);
  });

  it('can be run any number of times', () => {
    const p = program(function* () {
      return yield* sample('z', normal(0, 1));
    });
    expectSame(p, p);
  });

  it('take computed names', () => {
    const chain = program(function* () {
      let z: Tensor = tf.scalar(0);
      for (let i = 0; i < 3; i += 1) z = yield* sample(`z${i}`, normal(z, 1));
      return z;
    });
    expect(namesOf(chain)).toEqual(['z0', 'z1', 'z2']);
  });
});

describe("a site's draws", () => {
  const names = ['a', 'b', 'c', 'd'];
  const drawsOf = (p: Program<unknown, unknown>): Readonly<Record<string, readonly number[]>> =>
    scopedly(() =>
      Object.fromEntries(plain(trace(p, { key: key(2) })).map(({ name, value }) => [name, value])),
    );
  const over = (some: readonly string[]): Program<Latent<string>, void> =>
    program(function* () {
      for (const name of some) {
        if (name === 'c') yield* sample(name, bernoulli({ probs: 0.5 }));
        else if (name === 'd') yield* sample(name, independent(normal(tf.zeros([3]), 1)));
        else yield* sample(name, normal(0, 1));
      }
    });

  it('are the same whichever other sites there are, in whatever order', () => {
    const all = drawsOf(over(names));
    expect(new Set(Object.values(all).map((v) => v.join())).size).toBe(4);
    fc.assert(
      fc.property(fc.shuffledSubarray(names), (some) => {
        const found = drawsOf(over(some));
        expect(Object.keys(found)).toEqual(some);
        for (const name of some) expect(found[name]).toEqual(all[name]);
      }),
      { numRuns: 30, seed: 4 },
    );
  });

  it('are the same for a site that is hidden or fixed beside them', () => {
    const all = drawsOf(over(names));
    const { b: _b, ...rest } = all;
    expect(drawsOf(block(over(names), ['b']))).toEqual(rest);
    expect(drawsOf(condition(over(names), { b: 7 }))).toEqual({ ...all, b: [7] });
    expect(drawsOf(intervene(over(names), { b: 7 }))).toEqual({ ...all, b: [7] });
  });

  it('are other ones under another key', () => {
    const [one, two] = [5, 6].map((seed) =>
      tf.tidy(() => simulate(sample('z', normal(0, 1)), { key: key(seed) }).dataSync()[0]),
    );
    expect(one).not.toBe(two);
  });
});

const conditioned = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* plate(
    'data',
    2,
    program(function* () {
      const w = yield* sample('w', normal(z, 1));
      yield* sample('x', normal(w, 0.5));
    }),
  );
});

/** log N(x; m, s). */
const logNormal = (x: number, m: number, s: number): number =>
  -0.5 * ((x - m) / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI);

const at = (p: Program<unknown, unknown>, values: Record<string, number | number[]> = {}): number =>
  tf.tidy(() => logDensity(p, { values }).dataSync()[0] ?? NaN);

describe('interpreters agree', () => {
  it('on a trace, its replay and its score', () =>
    tf.tidy(() => {
      for (const particles of [1, 4]) {
        const past = trace(conditioned, { key: key(3), particles });
        const again = replay(conditioned, past, { particles });
        expect(plain(again).map((s) => s.value)).toEqual(plain(past).map((s) => s.value));
        expect(again.logJoint.shape).toEqual(particles === 1 ? [] : [particles]);
        const values = Object.fromEntries(Object.values(past.sites).map((s) => [s.name, s.value]));
        const scored = logDensity(conditioned, { values, particles }).dataSync();
        [...past.logJoint.dataSync()].forEach((l, i) => {
          expect(scored[i]).toBeCloseTo(l, 4);
          expect(again.logJoint.dataSync()[i]).toBeCloseTo(l, 4);
        });
      }
      const p = program(function* () {
        return yield* sample('z', normal(0, 1));
      });
      expect(simulate(p, { key: key(4) }).dataSync()).toEqual(
        trace(p, { key: key(4) }).sites['z']?.value.dataSync(),
      );
    }));

  it('on values that are given instead of conditioned on', () => {
    const values = { z: 0.3, w: [0.1, -0.4], x: [1, 0] };
    const byHand =
      logNormal(0.3, 0, 1) +
      logNormal(0.1, 0.3, 1) +
      logNormal(-0.4, 0.3, 1) +
      logNormal(1, 0.1, 0.5) +
      logNormal(0, -0.4, 0.5);
    expect(at(conditioned, values)).toBeCloseTo(byHand, 5);
    expect(at(condition(conditioned, values))).toBeCloseTo(byHand, 5);
    const { x, ...latents } = values;
    expect(at(condition(conditioned, { x }), latents)).toBeCloseTo(byHand, 5);
  });
});

describe('handlers', () => {
  it('intervene cuts the probability of a site and leaves its effect', () => {
    const cut = intervene(conditioned, { z: 0.3 });
    const latents = { w: [0.1, -0.4], x: [1, 0] };
    const whole = at(conditioned, { z: 0.3, ...latents });
    expect(at(cut, latents)).toBeCloseTo(whole - logNormal(0.3, 0, 1), 5);
  });

  it('block neither scores nor records, but draws', () => {
    const hidden = block(
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        return yield* sample('x', normal(z, 1));
      }),
      ['z'],
    );
    tf.tidy(() => {
      const seen = trace(hidden, { key: key(5) });
      expect(Object.keys(seen.sites)).toEqual(['x']);
      const z = simulate(sample('z', normal(0, 1)), { key: key(5) }).dataSync()[0] ?? NaN;
      const x = seen.result.dataSync()[0] ?? NaN;
      expect(seen.logJoint.dataSync()[0]).toBeCloseTo(logNormal(x, z, 1), 5);
    });
  });

  it('a mask counts only what it keeps', () => {
    const data = [1, NaN, -1];
    const kept = plate('data', 3, observe('x', mask(normal(0, 1), [1, 0, 1]), data));
    expect(at(kept)).toBeCloseTo(2 * logNormal(1, 0, 1), 5);
    const joint = observe('x', mask(independent(normal([0, 0], 1)), 0), [1, 1]);
    expect(at(joint)).toBe(0);
  });

  it('a factor counts once for each element, a deterministic site not at all', () => {
    const p = program(function* () {
      yield* factor('f', -2);
      yield* plate('data', 3, factor('g', 0.5));
      yield* deterministic('d', 5);
    });
    expect(at(p)).toBeCloseTo(-0.5, 5);
    expect(scopedly(() => trace(p, {}).sites['d']?.kind)).toBe('deterministic');
  });
});

/**
 * The laws of kernels: a derivative is what differences say, what is batched is what a loop over draws gives,
 * and every executor gives the same numbers. A room's test is a list of uses:
 *
 * ```ts
 * beforeAll(startBackends);
 * kernelLaws('powers', powers, [{ kernel: 'Exp', uses: ofOne(tf.exp), smooth: true }]);
 * ```
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { recordGraph } from '../../../src/compile/recording/recorder.js';
import type { Kernel } from '../../../src/kernels/kernel.js';
import { wave } from '../../compile/compiled-values.js';
import { checkBatching } from './batching-law.js';
import { checkReach } from './reach-law.js';
import { apart } from './compare.js';
import { checkDerivative, checkSecondDerivative, drawOf } from './derivative-law.js';
import { byBackend, inDouble } from './evaluate.js';
import { type Way, checkExecutors, ways } from './executors-law.js';
import { realInputs, withGradients } from './graphs.js';
import { DRAWS, type Given, type Use, inputOf } from './use.js';

/** A point where a rule is easily wrong, and the derivatives there of an operation on single numbers. */
export interface Edge {
  readonly use: Use;
  readonly gradient: Readonly<Record<string, number>>;
}

const single = (x: number): Given => ({
  shape: [],
  dtype: 'float32',
  draws: Array.from({ length: DRAWS }, () => [x]),
});

/** The derivatives of an operation on one number. */
export const slopeAt = (f: (x: Tensor) => Tensor, x: number, slope: number): Edge => ({
  use: { inputs: { x: single(x) }, f: (all) => f(inputOf(all, 'x')) },
  gradient: { x: slope },
});

/** The derivatives of an operation on two numbers. */
export const slopesAt = (
  f: (a: Tensor, b: Tensor) => Tensor,
  [a, b]: readonly [number, number],
  [byA, byB]: readonly [number, number],
): Edge => ({
  use: {
    inputs: { a: single(a), b: single(b) },
    f: (all) => f(inputOf(all, 'a'), inputOf(all, 'b')),
  },
  gradient: { a: byA, b: byB },
});

/** A kernel with how it is used. */
export interface Subject {
  readonly kernel: string;
  readonly uses: fc.Arbitrary<Use>;
  /** It has a second derivative wherever its uses are. */
  readonly smooth?: boolean;
  /** What executors agree to, beside the largest number. */
  readonly tolerance?: number;
  /** What cannot run it; that it runs by anything else is tested. */
  readonly lacks?: readonly Way[];
  readonly edges?: readonly Edge[];
}

/** Both backends, with the kernels that are mended. */
export const startBackends = async (): Promise<void> => {
  await useBackend('wasm')();
  await useBackend('cpu')();
};

/** `npm run laws:long` asks for more cases than `npm test` has time for. */
const isLong = process.env['LAWS'] === 'long';

const RUNS = isLong ? 100 : 10;

/** Each of these is compiled several times. */
const RUNS_BY_EXECUTORS = isLong ? 12 : 3;

const options = (numRuns: number) => ({
  numRuns,
  seed: 11,
  includeErrorInReport: true,
});

const isReached = ({ kernel }: Subject, use: Use): boolean => {
  const graph = recordGraph(use.inputs, (inputs) => {
    const made = use.f(inputs);
    return Object.fromEntries([made].flat().map((y, i) => [`y${i}`, y]));
  });
  return graph.nodes.some((node) => node.kernel === kernel);
};

/** The laws, for every kernel of a room; a kernel without a subject fails. */
export const kernelLaws = (
  room: string,
  kernels: readonly Kernel[],
  subjects: readonly Subject[],
): void => {
  const checked = new Map<string, Set<string>>();
  const note = ({ kernel }: Subject, what: string): void => {
    checked.set(kernel, (checked.get(kernel) ?? new Set()).add(what));
  };
  describe.each(subjects.map((s) => [s.kernel, s] as const))('%s', (_, subject) => {
    const { uses, smooth = false, tolerance = 2e-5, lacks = [], edges = [] } = subject;
    it('has the derivative that differences have', () => {
      let reached = false;
      fc.assert(
        fc.property(uses, (use) => {
          reached ||= isReached(subject, use);
          checkDerivative(use);
          if (realInputs(use).length > 0) note(subject, 'derivative');
        }),
        options(RUNS),
      );
      expect(reached, `no use asks for ${subject.kernel}`).toBe(true);
    });
    it.runIf(smooth)('has the second derivative that differences have', () => {
      fc.assert(fc.property(uses, checkSecondDerivative), options(RUNS));
      note(subject, 'second derivative');
    });
    it.runIf(edges.length > 0)('has the derivative of calculus at the edges', () => {
      for (const { use, gradient } of edges) {
        const graph = withGradients(use);
        const found = (inDouble(graph) ?? byBackend('cpu', graph))(drawOf(use, 0));
        for (const [name, slope] of Object.entries(gradient)) {
          const [weight = 1] = wave([], 1).dataSync();
          const made = found[`d/${name}`] ?? [];
          const what = `by ${name} at ${JSON.stringify(drawOf(use, 0))}: ${made[0]} / ${weight}, not ${slope}`;
          expect(apart(made, [slope * weight]), what).toBeLessThan(1e-6);
        }
      }
      note(subject, 'edges');
    });
    it('is batched as a loop over draws is', () => {
      // Each of these is made for every subset of the inputs.
      fc.assert(fc.property(uses, checkBatching), options(RUNS / 2));
      note(subject, 'batching');
    });
    it('comes from the elements that it is told to come from', () => {
      fc.assert(fc.property(uses, checkReach), options(RUNS / 2));
      note(subject, 'reach');
    });
    it('is the same by every executor', async () => {
      const by = ways.filter((way) => !lacks.includes(way));
      await fc.assert(
        fc.asyncProperty(uses, async (use) => {
          for (const way of await checkExecutors(use, by, tolerance)) note(subject, way);
        }),
        options(RUNS_BY_EXECUTORS),
      );
      const ran = checked.get(subject.kernel) ?? new Set();
      expect(
        by.filter((way) => !ran.has(way)),
        'what ran no use',
      ).toEqual([]);
    });
  });
  it('has been checked, kernel by kernel', () => {
    const all = kernels.map(({ name }) => name);
    const lines = all.map((name) => `${name}: ${[...(checked.get(name) ?? [])].join(', ')}`);
    console.log([`Kernels of ${room}`, ...lines].join('\n'));
    expect([...checked.keys()].toSorted()).toEqual(all.toSorted());
  });
};

/** Flows of several kinds, held against two densities that are known. */
import * as tf from '@tensorflow/tfjs';
import { foldIn, freeState, rowsOf, simulate } from 'marginalia';
import type { Params } from 'marginalia/inference';
import {
  type Example,
  type Setting,
  type Shown,
  atLeast,
  atMost,
  within,
} from '../gallery/index.js';
import { columns, labelledImages, panels } from '../pictures/index.js';
import { flows, learned, logDensity } from './model.js';
import { type Truth, moons, ring } from './truth.js';

/** The square that densities are shown on, and summed over. */
const [REACH, SIDE] = [3.6, 120];
const CELL = (2 * REACH) / SIDE;

/** The middles of its cells, from above. */
const cells = Array.from({ length: SIDE * SIDE }, (_, i): readonly [number, number] => [
  -REACH + CELL * ((i % SIDE) + 0.5),
  REACH - CELL * (Math.floor(i / SIDE) + 0.5),
]);

/** log q of points, flat and row-major. */
const logDensities = (name: string, params: Params, points: ArrayLike<number>): readonly number[] =>
  tf.tidy(() => {
    const x = tf.tensor2d(Float32Array.from(points), [points.length / 2, 2]);
    const flow = flows[name];
    return flow === undefined ? [] : [...simulate(logDensity(flow, x), { params }).dataSync()];
  });

/** A truth with what every flow is held against. */
interface Target {
  readonly truth: Truth;
  readonly training: Float32Array;
  /** Draws that no flow is trained on, and their log p. */
  readonly held: Float32Array;
  readonly logHeld: readonly number[];
  /** log p of the cells. */
  readonly logCells: readonly number[];
}

interface Found {
  readonly flow: string;
  readonly truth: string;
  /** KL(p ‖ q) by draws: the mean of log p − log q, in nats, and its error. */
  readonly kl: number;
  readonly error: number;
  /** What the density sums to over the square. */
  readonly mass: number;
  readonly logCells: readonly number[];
}

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const targetOf = (truth: Truth, { key, quick }: Setting): Target => {
  const held = truth.draws(foldIn(key, `${truth.name}, held out`), quick ? 2000 : 20_000);
  const at = (i: number): number => held[i] ?? Number.NaN;
  return {
    truth,
    training: truth.draws(foldIn(key, `${truth.name}, training`), quick ? 4000 : 20_000),
    held,
    logHeld: Array.from({ length: held.length / 2 }, (_, i) =>
      truth.logDensity(at(2 * i), at(2 * i + 1)),
    ),
    logCells: cells.map(([x, y]) => truth.logDensity(x, y)),
  };
};

const measured = async (setting: Setting, target: Target, flow: string): Promise<Found> => {
  const { truth, training, held, logHeld } = target;
  const steps = setting.quick ? 250 : 4000;
  const kind = flows[flow];
  if (kind === undefined) throw new Error(`there is no flow ${flow}`);
  const state = await setting.fit({
    name: `${truth.name}, ${flow}`.replaceAll(/\W+/g, '-'),
    svi: learned(kind, steps),
    data: rowsOf(training, [2]),
    batchSize: 256,
    steps,
  });
  const params = { ...state.params };
  const logs = logDensities(flow, params, held);
  const logCells = logDensities(flow, params, cells.flat());
  freeState(state);
  const gaps = logHeld.map((log, i) => log - (logs[i] ?? Number.NaN));
  const kl = mean(gaps);
  return {
    flow,
    truth: truth.name,
    kl,
    error: Math.sqrt(mean(gaps.map((g) => (g - kl) ** 2)) / gaps.length),
    mass: logCells.reduce((sum, log) => sum + Math.exp(log), 0) * CELL ** 2,
    logCells,
  };
};

/** Dark where there is much: square roots, for tails to be seen, of densities beside the largest of the truth. */
const shaded = (logs: readonly number[], { logCells }: Target): readonly number[] => {
  const most = Math.max(...logCells);
  return logs.map((log) => 1 - Math.min(1, Math.exp((log - most) / 2)));
};

const run = async (setting: Setting): Promise<Shown> => {
  const names = Object.keys(flows);
  const targets = [moons, ring].map((truth) => targetOf(truth, setting));
  const found: Found[] = [];
  for (const target of targets) {
    for (const flow of names) found.push(await measured(setting, target, flow));
  }
  const of = ({ truth }: Target): readonly Found[] => found.filter((f) => f.truth === truth.name);
  const masses = found.map(({ mass }) => mass);
  const best = Math.max(...targets.map((t) => Math.min(...of(t).map(({ kl }) => kl))));
  return {
    headline: `Flows come within ${best.toFixed(3)} nats of the entropy of both laws, on points that they were not trained on.`,
    figures: {
      data: 'draws of two laws in the plane whose densities are known',
      unit: 'nats',
      flows: found.map(({ flow, truth, kl, error, mass }) => ({ flow, truth, kl, error, mass })),
    },
    checks: [
      atMost(
        'KL of the best flow, the worse of both laws, nats',
        best,
        setting.quick ? 0.25 : 0.05,
      ),
      atMost('largest KL, nats', Math.max(...found.map(({ kl }) => kl)), setting.quick ? 1 : 0.2),
      // A density that is not normalised could be below the entropy.
      atLeast(
        'smallest KL, in its standard errors',
        Math.min(...found.map((f) => f.kl / f.error)),
        -4,
      ),
      within('least mass in the square', Math.min(...masses), 0.97, 1.01),
      within('most mass in the square', Math.max(...masses), 0.97, 1.01),
    ],
    pictures: {
      'densities.svg': labelledImages({
        title: 'Densities that flows have learned from points',
        subtitle: 'dark where points are many; the density itself on the left',
        rows: SIDE,
        columns: SIDE,
        scale: 1,
        headings: ['truth', ...names],
        lines: targets.map((target) => ({
          label: target.truth.name,
          images: [target.logCells, ...of(target).map((f) => f.logCells)].map((logs) =>
            shaded(logs, target),
          ),
        })),
      }),
      'kl.svg': await panels([
        columns({
          title: 'What each flow lacks',
          width: 760,
          x: '',
          y: { title: 'KL(p ‖ q), nats' },
          bars: found.map(({ flow, truth, kl }) => ({ label: flow, name: truth, value: kl })),
        }),
      ]),
    },
  };
};

export const example: Example = {
  name: 'flows',
  sentence:
    'Flows of six kinds learn two densities in the plane, and are held against their entropy.',
  equations: [
    String.raw`\log q(x) = \log \mathcal{N}(f^{-1}(x); 0, I) - \log \left| \det \frac{\partial f}{\partial z} \right|`,
    String.raw`\mathbb{E}_p[-\log q(x)] = \mathrm{H}(p) + \mathrm{KL}(p \,\|\, q)`,
  ],
  run,
};

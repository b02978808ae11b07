/** What surrounds a step: noise, copies, the fused loops of an update, and threads. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { type Tensor, adam, key } from 'marginalia';
import type { NoiseLaw } from '../../dsl/index.js';
import { arenaOf } from '../../src/compile/arena.js';
import { fusedCost, nestCost } from '../../src/compile/choice/cost.js';
import type { Costs, RunCosts, ThreadCosts } from '../../src/compile/choice/costs.js';
import { boundTo, graphOf } from '../../src/compile/compile.js';
import { segmentsExecutable } from '../../src/compile/segments/executable.js';
import { segmentPlan } from '../../src/compile/segments/plan.js';
import { fusedExecutable } from '../../src/compile/webassembly/executable.js';
import { fuse } from '../../src/compile/webassembly/fuse.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import { drawer } from '../../src/random/drawer.js';
import { positive } from './positive.js';
import { filled, productOf, termsOf } from './subjects.js';
import { onnx, timeOf, timeOfRun } from './ways.js';

const SMALL = 16;
const LARGE = 200_000;

/** The update of one parameter by Adam. */
const adamOf = (size: number): Parameters<typeof graphOf> => {
  const optimizer = adam(1e-3);
  const given = (tensors: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> =>
    takeUnder('params', tensors);
  const params = { w: filled([size]) };
  return [
    (tensors) => {
      const { updates, state } = optimizer.update(
        takeUnder('gradients', tensors),
        takeUnder('optimizer', tensors),
        given(tensors),
      );
      const next = Object.entries(given(tensors)).map(([name, x]) => [
        name,
        tf.add(x, updates[name] ?? 0),
      ]);
      return { ...putUnder('params', Object.fromEntries(next)), ...putUnder('optimizer', state) };
    },
    {
      ...putUnder('params', params),
      ...putUnder('gradients', params),
      ...putUnder('optimizer', optimizer.init(params)),
    },
  ];
};

/** Nanoseconds of an update of so many numbers, and how many values its loops compute. */
const updateTime = async (size: number): Promise<readonly [number, number]> => {
  const graph = graphOf(...adamOf(size));
  const plan = E.isRight(graph) ? fuse(graph.right) : undefined;
  if (E.isLeft(graph) || plan === undefined) throw new Error('the update of Adam is not fused');
  const made = await fusedExecutable(graph.right, plan, arenaOf(plan.regions));
  if (E.isLeft(made)) throw new Error(made.left._tag);
  return [await timeOfRun(made.right), fusedCost(plan, { call: 0, element: 1 })];
};

/** Nanoseconds of a nest of loops over so many numbers, and how many instructions it has. */
const nestTime = async (size: number): Promise<readonly [number, number]> => {
  const graph = graphOf(({ x = tf.scalar(0) }) => ({ y: tf.sum(tf.softplus(x)) }), {
    x: filled([size]),
  });
  if (E.isLeft(graph)) throw new Error(graph.left._tag);
  const plan = segmentPlan(graph.right);
  const made = await segmentsExecutable(plan, boundTo(graph.right), {});
  if (E.isLeft(made)) throw new Error(made.left._tag);
  const instructions = plan.segments.reduce(
    (n, s) => n + (s._tag === 'loops' ? nestCost(s, { call: 0, instruction: 1 }) : 0),
    0,
  );
  return [await timeOfRun(made.right), instructions];
};

export const fusedCosts = async (): Promise<Costs['fused']> => {
  const [small, few] = await updateTime(SMALL);
  const [large, many] = await updateTime(LARGE);
  const element = (large - small) / (many - few);
  const [shortest, least] = await nestTime(SMALL);
  const [longest, most] = await nestTime(LARGE);
  const instruction = (longest - shortest) / (most - least);
  return {
    call: positive(small - few * element),
    element: positive(element),
    instruction: positive(instruction),
  };
};

/** Two promises, as a turn in halves waits for them, and that of the turn itself. */
export const halvesCost = async (): Promise<number> => {
  const half = async (): Promise<void> => undefined;
  const turn = async (): Promise<void> => {
    await half();
    await half();
  };
  return positive(await timeOfRun({ run: turn }));
};

const drawTime = (law: NoiseLaw, count: number): Promise<number> => {
  const draw = drawer([{ site: 'z', block: 0, law, into: new Float32Array(count) }]);
  const at = key(0);
  return timeOfRun({ run: () => draw(at) });
};

/** Noise is drawn by whole streams from 64 numbers on; below that a number costs a little more. */
export const noiseCosts = async (): Promise<Costs['noise']> => {
  const of = async (law: NoiseLaw): Promise<number> =>
    positive(((await drawTime(law, 40_000)) - (await drawTime(law, 4_000))) / 36_000);
  return {
    normal: await of('normal'),
    uniform: await of('uniform'),
    gumbel: await of('gumbel'),
    block: positive(await drawTime('normal', 1)),
  };
};

/** What it costs to read a tensor of the backend in use into an array. */
export const putCosts = async (): Promise<Costs['put']> => {
  const of = (size: number): Promise<number> => {
    const x = filled([size]);
    const into = new Float32Array(size);
    return timeOfRun({ run: () => into.set(x.dataSync()) });
  };
  const [small, large] = [await of(1), await of(100_000)];
  return { tensor: positive(small), element: positive((large - small) / 100_000) };
};

/** What a second thread gains in a large product, and what it costs to wake it for a small node. */
export const threadCosts = async (cores: number, { node }: RunCosts): Promise<ThreadCosts> => {
  const large = productOf({ m: 512, k: 784, n: 400 });
  const gained = (await timeOf(onnx(1), large)) / (await timeOf(onnx(cores), large));
  const chain = (terms: number) => termsOf((x) => x, terms, [20_000]);
  const [few, many] = [chain(8), chain(24)];
  const alone = (await timeOf(onnx(1), many)) - (await timeOf(onnx(1), few));
  const together = (await timeOf(onnx(cores), many)) - (await timeOf(onnx(cores), few));
  const gain = Math.max(0, Math.min(1, (gained - 1) / (cores - 1)));
  // alone = nodes · (node + work); together = nodes · (node + work / speed-up + wake).
  const nodes = 32;
  const work = Math.max(0, alone / nodes - node);
  const wake = together / nodes - node - work / (1 + gain * (cores - 1));
  return { gain: positive(gain), wake: positive(Math.max(wake, 1000)) };
};

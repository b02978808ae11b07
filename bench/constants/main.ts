/**
 * Measures the constants by which `auto` weighs ways to run a step, on this machine, and writes them
 * into the source: `npm run bench:constants`. Let nothing else run meanwhile; it takes two minutes.
 */
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import * as E from 'fp-ts/lib/Either.js';
import { useBackend } from 'marginalia';
import { saveFile, showFileError } from 'marginalia/checkpoints';
import type { Costs, RunCosts } from '../../src/compile/choice/costs.js';
import { eagerOverheads } from './eager-steps.js';
import { type Sizes, compiledOverheads, runCosts, straightCosts } from './measure.js';
import { fusedCosts, halvesCost, noiseCosts, putCosts, threadCosts } from './surroundings.js';
import { eager, generated, onnx, timeOf } from './ways.js';
import { convolutionOf, productOf } from './subjects.js';
import { positive } from './positive.js';

const TABLE = fileURLToPath(new URL('../../../src/compile/choice/constants.ts', import.meta.url));

const whole: Sizes = {
  vector: 40_000,
  matrix: 200,
  products: [
    { m: 128, k: 400, n: 400 },
    { m: 128, k: 16, n: 400 },
  ],
  table: { rows: 1000, width: 16, taken: 512 },
};

const small: Sizes = {
  ...whole,
  products: [
    { m: 64, k: 64, n: 64 },
    { m: 128, k: 4, n: 128 },
  ],
};

/** Statements of straight code: as many as a small model has. */
const STRAIGHT = 24;

const heard = <A>(name: string, costs: A): A => {
  console.error(name, JSON.stringify(costs));
  return costs;
};

/** A multiply-add of a product whose right operand does not fit in a cache. */
const farCost = async (): Promise<number> => {
  const product = { m: 32, k: 784, n: 400 };
  return positive((await timeOf(generated('loops'), productOf(product))) / (32 * 784 * 400));
};

/** A multiply-add of a convolution or of a gradient of it, in the runtime: far from what a product takes. */
const windowCost = async (): Promise<number> => {
  const [images, side, channels, window] = [16, 16, 32, 3];
  const each = images * side ** 2 * channels * window ** 2 * channels;
  const ns = await timeOf(onnx(1), convolutionOf({ images, side, channels, window }));
  return positive(ns / (3 * each));
};

const measured = async (): Promise<Costs> => {
  await useBackend('wasm')();
  const straight = heard('straight', await straightCosts(generated('straight'), STRAIGHT));
  const near = await runCosts({
    way: generated('loops'),
    sizes: small,
    overheads: compiledOverheads,
  });
  const loops = heard('loops', { ...near, far: await farCost() });
  const onnxruntime = heard('onnx', {
    ...(await runCosts({ way: onnx(1), sizes: whole, overheads: compiledOverheads })),
    window: await windowCost(),
  });
  const threads = heard('threads', await threadCosts(availableParallelism(), onnxruntime));
  const fused = heard('fused', await fusedCosts());
  const halves = heard('halves', await halvesCost());
  const noise = heard('noise', await noiseCosts());
  const put = heard('put', await putCosts());
  const backends: Record<string, RunCosts> = {};
  for (const backend of ['wasm', 'cpu'] as const) {
    await useBackend(backend)();
    const sizes = backend === 'cpu' ? small : whole;
    backends[backend] = heard(backend, {
      ...(await runCosts({ way: eager, sizes, overheads: eagerOverheads })),
      out: 0,
    });
  }
  return {
    straight,
    loops,
    onnx: onnxruntime,
    threads,
    eager: backends,
    fused,
    halves,
    noise,
    put,
  };
};

const costs = await measured();
const source = `/**
 * The constants of the cost model, in nanoseconds: written by \`npm run bench:constants\`, measured on
 * ${cpus()[0]?.model ?? 'a processor without a name'}, ${availableParallelism()} cores, Node ${process.version}.
 */
import type { Costs } from './costs.js';

export const constants: Costs = ${JSON.stringify(costs)};
`;
const saved = await saveFile(
  TABLE,
  await format(source, { parser: 'typescript', singleQuote: true, printWidth: 100 }),
)();
if (E.isLeft(saved)) console.error(showFileError(saved.left));
process.exit(E.isLeft(saved) ? 1 : 0);

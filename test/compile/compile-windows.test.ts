/** Compiling windows over images: convolutions, pools, resizing, and a network of them. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  elbo,
  expand,
  fit,
  independent,
  key,
  normal,
  param,
  plate,
  program,
  rowsOf,
  sample,
  shared,
  svi,
  useBackend,
} from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { dense, initializers } from 'marginalia/nn';
import { freeState } from '../../src/inference/stepper.js';
import {
  type Operation,
  type Results,
  agrees,
  as4D,
  as5D,
  compiledResults,
  gap,
  wave,
  withGradients,
} from './compiled-values.js';
import { right } from '../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const image = [2, 5, 6, 3];

type Around = [number, number];
const NONE: Around = [0, 0];

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const around: fc.Arbitrary<Around> = fc.tuple(fc.nat(2), fc.nat(2));

const both = (a: Around, b: Around): [Around, Around] => [a, b];

/** A window of any form over an image of any size, padded in each of the ways there are. */
const placed = fc
  .record({
    batch: upTo(3),
    size: fc.tuple(upTo(9), upTo(9)),
    channels: fc.tuple(upTo(3), upTo(3)),
    window: fc.tuple(upTo(4), upTo(4)),
    strides: fc.tuple(upTo(3), upTo(3)),
    dilations: fc.tuple(upTo(2), upTo(2)),
    dilated: fc.boolean(),
    pad: fc.oneof(
      fc.constantFrom<'same' | 'valid'>('same', 'valid'),
      fc.nat(2),
      fc.tuple(around, around),
    ),
    rounding: fc.constantFrom<('floor' | 'ceil' | 'round')[]>('floor', 'ceil', 'round'),
    how: fc.constantFrom<('dense' | 'channels first' | 'depthwise')[]>(
      'dense',
      'channels first',
      'depthwise',
    ),
  })
  .map((c) => {
    const one: [number, number] = [1, 1];
    const strides = c.dilated ? one : c.strides;
    const rounding = c.window.some((w, i) => w < (strides[i] ?? 1)) ? 'floor' : c.rounding;
    // Padding that is wider would make windows of padding alone.
    const most = c.window.map((w, i) =>
      rounding === 'floor' ? w - 1 : Math.max(0, w - (strides[i] ?? 1)),
    );
    const narrow = ([a, b]: Around, i: number): Around => [
      Math.min(a, most[i] ?? 0),
      Math.min(b, most[i] ?? 0),
    ];
    return {
      ...c,
      strides,
      // TensorFlow.js takes either strides or dilations, and rounds where padding is told in numbers.
      dilations: c.dilated ? c.dilations : one,
      rounding: typeof c.pad === 'string' ? undefined : rounding,
      pad:
        typeof c.pad === 'number'
          ? Math.min(c.pad, ...most)
          : typeof c.pad === 'string'
            ? c.pad
            : both(narrow(c.pad[0], 0), narrow(c.pad[1], 1)),
    };
  });

type Placed = typeof placed extends fc.Arbitrary<infer A> ? A : never;

const padOf = ({ pad, how }: Placed) => {
  if (!Array.isArray(pad)) return pad;
  const explicit: [Around, Around, Around, Around] =
    how === 'channels first' ? [NONE, NONE, ...pad] : [NONE, ...pad, NONE];
  return explicit;
};

const shapesOf = ({ batch, size, channels: [from, to], window, how }: Placed) => ({
  x: how === 'channels first' ? [batch, from, ...size] : [batch, ...size, from],
  filter: [...window, from, to],
});

/** The shape that comes out; nothing where TensorFlow.js does not take the case, or it is empty. */
const shapeOut = (f: () => Tensor): readonly number[] | undefined => {
  try {
    const { shape } = f();
    return shape.every((n) => n > 0) ? shape : undefined;
  } catch {
    return undefined;
  }
};

const dot = (a: Tensor, b: Tensor): readonly [number, number] => {
  const products = Array.from(a.dataSync(), (v, i) => v * Number(b.dataSync()[i]));
  const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
  return [sum(products), sum(products.map(Math.abs))];
};

/** ⟨f(x), direction⟩ = ⟨x, gradient⟩ for every f that is linear in x, whatever its code is. */
const isAdjoint = (y: Tensor, direction: Tensor, x: Tensor, gradient: Tensor): void => {
  const [forwards, size] = dot(y, direction);
  const [backwards] = dot(x, gradient);
  expect(Math.abs(forwards - backwards)).toBeLessThanOrEqual(2e-5 * Math.max(1, size));
};

const sameAsEager = (found: Results, f: () => Results): void => {
  for (const [name, value] of Object.entries(f())) {
    expect(gap(found[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(5e-5);
  }
};

/** TensorFlow.js counts the windows along both axes by the first where padding is one number. */
const SQUARE: Pick<Placed, 'window' | 'strides' | 'pad' | 'rounding'> = {
  window: [2, 2],
  strides: [2, 2],
  pad: 1,
  rounding: 'floor',
};

describe('the gradient of a resized image', () => {
  // TensorFlow.js loses its way back here: by centres, over several images, and where sides differ.
  it.each<[string, Operation]>([
    ['bilinear', (x) => tf.image.resizeBilinear(as4D(x), [3, 9], false, true)],
    ['bilinear, of corners', (x) => tf.image.resizeBilinear(as4D(x), [7, 4], true)],
    ['nearest', (x) => tf.image.resizeNearestNeighbor(as4D(x), [8, 7], false, true)],
    ['nearest, of corners', (x) => tf.image.resizeNearestNeighbor(as4D(x), [3, 9], true)],
  ])('%s, is its adjoint', async (_, f) => {
    const x = wave(image);
    const direction = wave(f(x).shape, 3);
    const found = await compiledResults(withGradients(f), [direction, x]);
    isAdjoint(f(x), direction, x, found['x0'] ?? tf.scalar(Number.NaN));
  });
});

describe('the gradient of a maximum', () => {
  it.each<[string, Operation, readonly number[]]>([
    ['in two dimensions', (x) => tf.maxPool(as4D(x), 3, 2, 'same'), [2, 7, 8, 3]],
    ['in three dimensions', (x) => tf.maxPool3d(as5D(x), 2, 2, 'same'), [2, 5, 4, 3, 2]],
    ['with places left over', (x) => tf.maxPool3d(as5D(x), 2, 2, 'valid'), [1, 5, 4, 3, 2]],
    ['with windows apart', (x) => tf.maxPool3d(as5D(x), 1, 2, 'same'), [1, 4, 6, 5, 2]],
  ])('%s goes where it goes eagerly, of several places too', async (_, f, shape) => {
    const steps = tf.round(tf.mul(wave(shape), 1.4));
    await agrees(withGradients(f), [wave(f(steps).shape, 3), steps]);
  });
});

describe('the shape of a convolution', () => {
  it('is found without running it', () => {
    // Some 2 TFLOP, which plain JavaScript would be at for an hour.
    const graph = right(
      graphOf(
        ({ x = tf.scalar(0) }) => ({
          y: tf.conv2d(as4D(x), as4D(tf.fill([9, 9, 64, 512], 0.1)), 1, 'same'),
        }),
        { x: tf.zeros([8, 224, 224, 64]) },
      ),
    );
    expect(graph.values[graph.outputs[0]?.id ?? -1]?.shape).toEqual([8, 224, 224, 512]);
  });
});

describe('windows of every form', () => {
  it('give the eager convolution, and gradients that are its adjoints', async () => {
    const check = async (c: Placed): Promise<void> => {
      const convolve: Operation = (x, w) => {
        const args = [as4D(x), as4D(w), c.strides, padOf(c)] as const;
        return c.how === 'depthwise'
          ? tf.depthwiseConv2d(...args, 'NHWC', c.dilations, c.rounding)
          : tf.conv2d(...args, c.how === 'dense' ? 'NHWC' : 'NCHW', c.dilations, c.rounding);
      };
      const shapes = shapesOf(c);
      const [x, w] = [wave(shapes.x, 1), wave(shapes.filter, 2)];
      const shape = shapeOut(() => convolve(x, w));
      fc.pre(shape !== undefined);
      const direction = wave(shape ?? [], 3);
      const inputs = [direction, x, w];
      const differentiable = c.dilations.every((n) => n === 1);
      const f = differentiable
        ? withGradients(convolve)
        : ([, ...xs]: readonly Tensor[]): Results => ({ value: convolve(...xs) });
      const found = await compiledResults(f, inputs);
      const { value = tf.scalar(0), x0, x1 } = found;
      expect(gap(value, convolve(x, w))).toBeLessThan(2e-5);
      if (x0 !== undefined) isAdjoint(value, direction, x, x0);
      if (x1 !== undefined) isAdjoint(value, direction, w, x1);
      // TensorFlow.js forgets on the way back how the number of windows was rounded.
      if (c.rounding === undefined || c.rounding === 'floor') sameAsEager(found, () => f(inputs));
    };
    await fc.assert(fc.asyncProperty(placed, check), { numRuns: 100, seed: 1 });
  });

  it('give the eager pool, and gradients that are its adjoints', async () => {
    const check = async (drawn: Placed, max: boolean): Promise<void> => {
      const c: Placed = { ...drawn, how: 'dense', ...(typeof drawn.pad === 'number' && SQUARE) };
      const pool: Operation = (x) => {
        const args = [as4D(x), c.window, c.strides, padOf(c)] as const;
        return max ? tf.maxPool(...args, c.rounding) : tf.avgPool(...args, c.rounding);
      };
      const x = wave(shapesOf(c).x);
      const shape = shapeOut(() => pool(x));
      fc.pre(shape !== undefined);
      const direction = wave(shape ?? [], 3);
      const found = await compiledResults(withGradients(pool), [direction, x]);
      const { value = tf.scalar(0), x0 = tf.scalar(0) } = found;
      expect(gap(value, pool(x))).toBeLessThan(2e-5);
      // A maximum is linear where it stays in its place.
      isAdjoint(value, direction, x, x0);
      // TensorFlow.js counts padding on the way back, which its means do not.
      if (max && (c.rounding === undefined || c.rounding === 'floor')) {
        sameAsEager(found, () => withGradients(pool)([direction, x]));
      }
    };
    await fc.assert(fc.asyncProperty(placed, fc.boolean(), check), { numRuns: 100, seed: 2 });
  });
});

describe('a convolutional autoencoder', () => {
  const layer = (name: string, shape: number[]) =>
    shared(param(name, initializers.glorotUniform(shape)));
  /** Particles and images in one axis, as convolutions want them. */
  const images = (x: Tensor) => tf.reshape(x, [-1, 6, 6, 1]).as4D(-1, 6, 6, 1);
  const decoder = (z: Tensor) =>
    program(function* () {
      const h = tf.elu(yield* dense('decoder/in', { units: 18 })(z));
      const w = yield* layer('decoder/kernel', [3, 3, 1, 2]);
      const h4 = tf.reshape(h, [-1, 3, 3, 2]).as4D(-1, 3, 3, 2);
      const up = tf.conv2dTranspose(h4, as4D(w), [h4.shape[0], 6, 6, 1], 2, 'same');
      return tf.reshape(up, [...z.shape.slice(0, -1), 36]);
    });
  const encoder = (x: Tensor, corrupted: (h: Tensor) => Tensor) =>
    program(function* () {
      const w = yield* layer('encoder/kernel', [3, 3, 1, 4]);
      const h = tf.conv2d(images(x), as4D(w), 1, 'same');
      const { mean, variance } = tf.moments(h, [0, 1, 2]);
      const offset = yield* shared(param('encoder/offset', tf.zeros([4])));
      const scale = yield* shared(param('encoder/scale', tf.ones([4])));
      const pooled = tf.maxPool(
        as4D(tf.relu(tf.batchNorm(h, mean, variance, offset, scale))),
        2,
        2,
        'same',
      );
      const flat = corrupted(tf.reshape(tf.avgPool(pooled, 2, 1, 'valid'), [-1, 16]));
      return yield* dense('encoder/out', { units: 2 })(flat);
    });
  const autoencoder = (corrupted: (h: Tensor) => Tensor) =>
    svi({
      model: (x: Tensor) =>
        condition(
          plate(
            'images',
            x.shape[0] ?? 0,
            program(function* () {
              const z = yield* sample('z', independent(expand(normal(0, 1), [2])));
              yield* sample('x', independent(bernoulli({ logits: yield* decoder(z) })));
            }),
          ),
          { x },
        ),
      guide: (x: Tensor) =>
        program(function* () {
          const loc = yield* encoder(x, corrupted);
          yield* plate('images', x.shape[0] ?? 0, sample('z', independent(normal(loc, 0.5))));
        }),
      objective: elbo({ particles: 2 }),
      optimizer: adam(0.01),
    });
  const data = rowsOf(
    Float32Array.from({ length: 360 }, (_, i) => Number(Math.sin(i * 1.7) > 0)),
    [36],
  );
  const options = { data, batchSize: 5, length: { steps: 6 }, key: key(1), reportEvery: 1 };

  it('trains to the same losses compiled and eagerly', async () => {
    const losses = async (engine: 'eager' | 'compiled'): Promise<readonly number[]> => {
      const seen: number[] = [];
      const onProgress = ({ loss }: { readonly loss: number }) => void seen.push(loss);
      const vae = autoencoder((h) => h);
      freeState(right(await fit({ ...options, svi: vae, engine, onProgress })()).state);
      return seen;
    };
    const eager = await losses('eager');
    expect(eager).toHaveLength(6);
    expect(await losses('compiled')).toEqual(eager.map((x) => expect.closeTo(x, 3)));
  });

  it('with random numbers of its own is refused, with the cure', async () => {
    const vae = autoencoder((h) => tf.dropout(h, 0.5));
    await expect(fit({ ...options, svi: vae })()).rejects.toThrow(/noise\('name'/);
  });
});

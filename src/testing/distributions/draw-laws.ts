/** Laws of a distribution's shapes, its draws and its listed values: exact, or to rounding. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { sharedPreimage } from '../../../dsl/law/preimage.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import { broken, expectAllClose, expectClose, expectShape } from '../law/law.js';
import { column, rowsOf, sum } from '../statistics/numbers.js';
import {
  type Subject,
  batchSize,
  claim,
  drawsAt,
  eventSize,
  hasDensity,
  noiseFor,
} from './subject.js';
import { isInside } from './support-geometry.js';

const throwsRangeError = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch (error) {
    return error instanceof RangeError;
  }
};

/**
 * Shapes: `draw` gives `[...left, ...batch, ...event]`, `logProb` takes that or an event alone and
 * drops the event axes, moments have the shape they promise, and a value whose event axes do not
 * fit is refused with a `RangeError`.
 */
export const checkShapes = (subject: Subject): void => {
  const { distribution: d, seed } = subject;
  const law = claim('shapes', subject);
  const event = [...d.eventShape];
  const left: readonly Shape[] = [[], [2], [3, 1]];
  left.forEach((axes) => {
    const noise = noiseFor(d, axes, seed);
    const batch = noise.length === 0 ? d.batchShape : [...axes, ...d.batchShape];
    const { value } = d.sampler.draw(noise);
    expectShape(law, 'a draw', value.shape, [...batch, ...event]);
    expectShape(law, 'logProb of a draw', d.logProb(value).shape, batch);
  });
  const one = tf.slice(tf.reshape(subject.value, [-1, ...event]), 0, 1).reshape(event);
  expectShape(law, 'logProb of one event', d.logProb(one).shape, d.batchShape);
  if (d.mean) expectShape(law, 'mean', d.mean().shape, [...d.batchShape, ...event]);
  if (d.variance) expectShape(law, 'variance', d.variance().shape, [...d.batchShape, ...event]);
  if (d.entropy) expectShape(law, 'entropy', d.entropy().shape, d.batchShape);
  event.forEach((n, axis) => {
    const wrong = event.map((m, i) => (i === axis ? (n === 1 ? 2 : 1) : m));
    if (!throwsRangeError(() => d.logProb(tf.fill(wrong, 0.5)))) {
      broken(law, `a RangeError for a value of shape [${wrong.join(', ')}]`, 'none');
    }
  });
};

/** Every draw lies in the support; bounds of an interval count as inside, for rounding. */
export const checkDrawsInSupport = (subject: Subject): void => {
  const { support } = subject.distribution;
  subject.events.flat().forEach((event) => {
    if (!isInside(support, event)) {
      broken(claim('draws lie in the support', subject), support.kind, `[${event.join(', ')}]`);
    }
  });
};

/** Below this, families that keep a draw's logarithm take its value for this. */
const LEAST_VALUE = 2 ** -99;

/**
 * How far rounding of a draw to float32 moves log p, for each batch entry: far near a bound, where a
 * sampler that keeps what its draws are images of is the more exact.
 */
const roundingOf = (
  { distribution: d, value, preimage }: Subject,
  at: readonly number[],
): readonly number[] => {
  if (typeof preimage?.map !== 'string') return at.map(() => 0);
  const [down, up] = [-1, 1].map((sign) =>
    d.logProb(tf.mul(value, 1 + sign * 2 ** -22)).dataSync(),
  );
  const events = rowsOf(value.dataSync(), sizeOf(d.eventShape));
  return at.map((l, i) => {
    const known = events[i]?.every((z) => Math.abs(z) > LEAST_VALUE) ?? false;
    const moved = Math.abs((down?.[i] ?? NaN) - l) + Math.abs((up?.[i] ?? NaN) - l);
    return known && !Number.isNaN(moved) ? moved : Infinity;
  });
};

/** log p is finite at every draw. */
export const checkFinite = (subject: Subject): void => {
  const infinite = [...subject.distribution.logProb(subject.value).dataSync()].find(
    (l) => !Number.isFinite(l),
  );
  if (infinite === undefined) return;
  const law = claim('draws follow the density', subject);
  broken(law, 'a finite logProb at every draw', String(infinite));
};

/** log p of a draw, by what it is the image of, is log p at its value, to rounding, and finite. */
export const checkLogProbOfDraw = (subject: Subject): void => {
  const { distribution: d, value, preimage, tolerance } = subject;
  const law = claim('log p of a draw is log p at its value', subject);
  const own = d.logProb(value, preimage);
  const other = d.logProb(value);
  expectShape(law, 'log p of a draw', own.shape, other.shape);
  const [received, expected] = [[...own.dataSync()], [...other.dataSync()]];
  const infinite = expected.find((l) => !Number.isFinite(l));
  if (infinite !== undefined) broken(law, 'a finite logProb at every draw', String(infinite));
  const shared = sharedPreimage(preimage);
  if (shared) {
    const there = expandTo(d.logProb(value, shared), own.shape);
    const slack = { absolute: tolerance, relative: tolerance };
    expectAllClose(
      law,
      'log p by what other laws know of a draw',
      [...there.dataSync()],
      received,
      slack,
    );
  }
  const rounding = roundingOf(subject, expected);
  expected.forEach((l, i) =>
    expectClose(law, `log p of the draw at place ${i}`, received[i] ?? NaN, l, {
      absolute: tolerance + (rounding[i] ?? 0),
      relative: tolerance,
    }),
  );
};

/** log p of every listed value, `[value][entry]`. */
export const listedLogProbs = (
  subject: Subject,
  values: Tensor,
): readonly (readonly number[])[] => {
  const { batchShape, eventShape, logProb } = subject.distribution;
  const [count = 0] = values.shape;
  const ones = batchShape.map(() => 1);
  const lined = tf.reshape(values, [count, ...ones, ...eventShape]);
  return rowsOf(expandTo(logProb(lined), [count, ...batchShape]).dataSync(), batchSize(subject));
};

/**
 * The listed values are `count` different members of the support, no draw lies outside them, and
 * their probabilities sum to 1 to within 1e-5.
 */
export const checkEnumeration = (subject: Subject): void => {
  const { distribution: d } = subject;
  const { enumeration } = d.sampler;
  if (enumeration === undefined) return;
  const law = claim('the listed values cover the support', subject);
  const values = enumeration.values();
  expectShape(law, 'the values', values.shape, [enumeration.count, ...d.eventShape]);
  const rows = rowsOf(values.dataSync(), eventSize(subject));
  const outside = rows.find((event) => !isInside(d.support, event));
  if (outside) broken(law, `values in ${d.support.kind}`, `[${outside.join(', ')}]`);
  const names = new Set(rows.map((event) => event.join()));
  if (names.size !== enumeration.count) {
    broken(law, `${enumeration.count} different values`, String(names.size));
  }
  const logProbs = listedLogProbs(subject, values);
  const isWhole = hasDensity(d);
  Array.from({ length: batchSize(subject) }, (_, entry) => {
    const total = sum(column(logProbs, entry).map(Math.exp));
    if (isWhole)
      expectClose(law, 'their total probability', total, 1, { absolute: 1e-5, relative: 0 });
    const unlisted = drawsAt(subject, entry).find((event) => !names.has(event.join()));
    if (unlisted) broken(law, 'draws from the listed values', `[${unlisted.join(', ')}]`);
  });
};

/** The laws that every bijector keeps, checked by one call; a broken one throws. */
import * as tf from '@tensorflow/tfjs';
import type { AnyBijector, Tensor } from '../../../dsl/index.js';
import { dropLast, sizeOf, takeLast } from '../../../dsl/tensors/shape.js';
import { type Slope, slopes } from '../law/finite-differences.js';
import { type NumericFunction, numericFunction } from '../law/numeric-function.js';
import type { LawName } from '../law/catalogue.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { type Claim, broken, expectAllClose, expectShape } from '../law/law.js';
import { logAbsDeterminant } from './log-determinant.js';
import { type Numbers, column, distinctWeights, rowsOf, toTensor } from '../statistics/numbers.js';
import { isInside } from './support-geometry.js';

/** How far a gradient in float32 may be off, relative. */
const RELATIVE = 1e-2;

/** What the laws of a bijector are checked with. */
export interface BijectorLawOptions {
  /** What messages call the bijector; its name where left out. */
  readonly label?: string;
  /**
   * How far float32 rounding may put inverse(forward(x)) from x and a log determinant from the
   * numeric one, relative and absolute, 2e-3 where left out.
   */
  readonly tolerance?: number;
}

interface Trial {
  readonly bijector: AnyBijector;
  readonly x: Tensor;
  readonly y: Tensor;
  readonly of: string;
  readonly tolerance: number;
}

const claim = ({ of }: Trial, law: LawName): Claim => ({ law, of });

const checkShapes = (trial: Trial): void => {
  const { bijector, x, y } = trial;
  const law = claim(trial, 'shapes');
  expectShape(law, 'forward', y.shape, bijector.outputShape(x.shape));
  expectShape(law, 'inputShape of the output', bijector.inputShape(y.shape), x.shape);
  expectShape(law, 'inverse', bijector.inverse(y).shape, x.shape);
  expectShape(
    law,
    'logAbsDetJacobian',
    bijector.logAbsDetJacobian(x).shape,
    dropLast(x.shape, bijector.inputRank),
  );
};

const checkCodomain = (trial: Trial): void => {
  const { codomain } = trial.bijector;
  const size = sizeOf(takeLast(trial.y.shape, codomain.eventRank));
  const outside = rowsOf(trial.y.dataSync(), size).find((event) => !isInside(codomain, event));
  if (outside) {
    broken(claim(trial, 'forward lands in the codomain'), codomain.kind, `[${outside.join(', ')}]`);
  }
};

const checkInverse = (trial: Trial): void => {
  const { bijector, x, y, tolerance } = trial;
  const slack = { absolute: tolerance, relative: tolerance };
  const law = claim(trial, 'inverse(forward(x)) = x');
  expectAllClose(law, 'x', [...bijector.inverse(y).dataSync()], [...x.dataSync()], slack);
  const again = [...bijector.forward(bijector.inverse(y)).dataSync()];
  const other = claim(trial, 'forward(inverse(y)) = y');
  expectAllClose(other, 'y', again, [...y.dataSync()], slack);
};

/** The way back with its determinant, of a map that has one, is its inverse and log |det J| there. */
const checkWayBack = (trial: Trial): void => {
  const { bijector, x, y, tolerance } = trial;
  if (bijector.inverseAndLogDet === undefined) return;
  const slack = { absolute: tolerance, relative: tolerance };
  const [back, logDet] = bijector.inverseAndLogDet(y);
  const inverse = claim(trial, 'inverse(forward(x)) = x');
  expectAllClose(inverse, 'x of inverseAndLogDet', [...back.dataSync()], [...x.dataSync()], slack);
  const expected = bijector.logAbsDetJacobian(x);
  const shapes = claim(trial, 'shapes');
  expectShape(shapes, 'the determinant of inverseAndLogDet', logDet.shape, expected.shape);
  const law = claim(trial, 'logAbsDetJacobian is log |det ∂forward/∂x|');
  const what = 'the determinant of inverseAndLogDet';
  expectAllClose(law, what, [...logDet.dataSync()], [...expected.dataSync()], slack);
};

/** ∂(output `i` of every event)/∂x by reverse mode, an input event a row. */
const gradientRows = (
  { bijector, x }: Trial,
  i: number,
  size: number,
): readonly (readonly number[])[] =>
  rowsOf(
    tf
      .grad((at) => {
        const rows = tf.reshape(bijector.forward(at), [-1, size]);
        return tf.sum(tf.slice(rows, [0, i], [-1, 1]));
      })(x)
      .dataSync(),
    Math.max(1, sizeOf(takeLast(x.shape, bijector.inputRank))),
  );

/** Derivatives of a map of events along input `j` of every event, an event's outputs a row. */
const differenceRows = (
  x: Tensor,
  numeric: NumericFunction,
  j: number,
  width: number,
  tolerance: number,
): readonly (readonly Slope[])[] => {
  const values = Float64Array.from(x.dataSync());
  const found = slopes(
    (t) => {
      const at = values.map((v, k) => (k % width === j ? v + t : v));
      return Array.from(numeric.at({ x: at }, {})['y'] ?? []);
    },
    {
      precision: numeric.precision,
      wanted: (slope) => (tolerance + RELATIVE * Math.abs(slope)) / 8,
    },
  );
  const events = values.length / width;
  const size = found.length / events;
  return Array.from({ length: events }, (_, r) => found.slice(r * size, (r + 1) * size));
};

/** Compares gradients with the differences that could be told. */
const expectSlopes = (
  law: ReturnType<typeof claim>,
  what: string,
  received: readonly number[],
  expected: readonly Slope[],
  tolerance: number,
): void => {
  const told = expected.flatMap((s, i) => (s === undefined ? [] : [i]));
  expectAllClose(
    law,
    what,
    told.map((i) => received[i] ?? NaN),
    told.map((i) => expected[i]?.value ?? NaN),
    { absolute: tolerance, relative: RELATIVE },
  );
};

const checkJacobian = (trial: Trial): void => {
  const { bijector, x, y, tolerance } = trial;
  const width = sizeOf(takeLast(x.shape, bijector.inputRank));
  const outputRank = y.rank - (x.rank - bijector.inputRank);
  const size = sizeOf(takeLast(y.shape, outputRank));
  const byOutput = Array.from({ length: size }, (_, i) => gradientRows(trial, i, size));
  const numeric = numericFunction({ x }, ({ x: at = x }) => ({ y: bijector.forward(at) }));
  const byInput = Array.from({ length: width }, (_, j) =>
    differenceRows(x, numeric, j, width, tolerance),
  );
  const { free: freeOf } = bijector.codomain;
  const free = freeOf ? freeOf(size) : Array.from({ length: size }, (_, i) => i);
  const determinants = rowsOf(x.dataSync(), width).map((_, row) => {
    const jacobian = byOutput.map((of) => of[row] ?? []);
    jacobian.forEach((gradients, i) =>
      expectSlopes(
        claim(trial, 'gradient of forward'),
        `∂y${i}/∂x`,
        gradients,
        byInput.map((of) => of[row]?.[i]),
        tolerance,
      ),
    );
    return logAbsDeterminant(free.map((i) => jacobian[i] ?? []));
  });
  expectAllClose(
    claim(trial, 'logAbsDetJacobian is log |det ∂forward/∂x|'),
    'the log determinant',
    [...bijector.logAbsDetJacobian(x).dataSync()],
    determinants,
    { absolute: tolerance, relative: tolerance },
  );
};

/** The gradient of the log determinant, event by event, against finite differences. */
const checkLogDeterminantGradient = (trial: Trial, f: (x: Tensor) => Tensor): void => {
  const { x, bijector, tolerance } = trial;
  const width = sizeOf(takeLast(x.shape, bijector.inputRank));
  const rows = rowsOf(x.dataSync(), width);
  const weights = distinctWeights([rows.length]);
  const flat = (at: Tensor): Tensor => tf.reshape(f(at), [rows.length]);
  const received = rowsOf(
    tf
      .grad((at) =>
        // A determinant that x has no part in has gradient 0, where `tf.grad` would throw.
        tf.add(tf.sum(tf.mul(flat(at), toTensor(weights))), tf.mul(tf.sum(at), 0)),
      )(x)
      .dataSync(),
    width,
  );
  const numeric = numericFunction({ x }, ({ x: at = x }) => ({ y: flat(at) }));
  for (let j = 0; j < width; j += 1) {
    const expected = differenceRows(x, numeric, j, width, tolerance).map(([slope], r): Slope => {
      const weight = weights.values[r] ?? NaN;
      return slope && { value: slope.value * weight, error: slope.error * weight };
    });
    const law = claim(trial, 'gradient of logAbsDetJacobian');
    expectSlopes(law, `∂/∂x${j}`, column(received, j), expected, tolerance);
  }
};

/**
 * Checks the laws of a bijector at inputs `[...left, ...input]` and throws an `Error` that names the
 * first broken one: shapes, forward lands in the codomain, both round trips, the gradient of forward
 * against finite differences, log |det J| against the determinant of the numeric Jacobian in double
 * precision, and its gradient.
 *
 * - Errors: a broken law; a `LawNotApplicable` for a map from values some of whose entries follow from others.
 *
 * Exact but for rounding. Inputs should be moderate, within about −4 to 4: where a map saturates in
 * float32 it has no inverse. A map onto simplices counts all but the last probability, one onto
 * Cholesky factors the lower triangle, of correlations what is below the diagonal.
 *
 * @example
 * ```ts
 * const at = { shape: [3], values: [-1, 0, 2] };
 * checkBijector(() => bijectors.exp, at);
 * const wrong = { ...bijectors.exp, inverse: (y: Tensor) => tf.log1p(y) };
 * E.isLeft(E.tryCatch(() => checkBijector(() => wrong, at), String)); // true
 * ```
 */
export const checkBijector = (
  make: () => AnyBijector,
  input: Numbers,
  { label, tolerance = 2e-3 }: BijectorLawOptions = {},
): void =>
  tf.tidy(() => {
    const bijector = make();
    if (bijector.domain?.free) {
      throw new LawNotApplicable(
        'checkBijector',
        'a map from values whose entries can each be moved',
        `one from ${bijector.domain.name}; check its inverse`,
      );
    }
    const x = toTensor(input);
    const trial: Trial = {
      bijector,
      x,
      y: bijector.forward(x),
      of: label ?? bijector.name,
      tolerance,
    };
    checkShapes(trial);
    checkCodomain(trial);
    checkInverse(trial);
    checkWayBack(trial);
    checkJacobian(trial);
    checkLogDeterminantGradient(trial, (at) => bijector.logAbsDetJacobian(at));
  });

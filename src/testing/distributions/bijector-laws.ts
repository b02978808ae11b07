/** The laws that every bijector keeps, checked by one call; a broken one throws. */
import * as tf from '@tensorflow/tfjs';
import type { Bijector, Tensor } from '../../../dsl/index.js';
import { dropLast, sizeOf, takeLast } from '../../../dsl/shape.js';
import { eventRank } from '../../../dsl/support.js';
import { derivatives, replaceAt } from '../law/finite-differences.js';
import type { LawName } from '../law/catalogue.js';
import { type Claim, broken, expectAllClose, expectShape } from '../law/law.js';
import { logAbsDeterminant } from './log-determinant.js';
import { type Numbers, column, distinctWeights, rowsOf, toTensor } from '../statistics/numbers.js';
import { freePlaces, isInside } from './support-geometry.js';

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
  readonly bijector: Bijector;
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
  const size = sizeOf(takeLast(trial.y.shape, eventRank(codomain)));
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

/** ∂(every output)/∂(input `j` of every event) by finite differences, an output event a row. */
const differenceRows = (
  { bijector, x }: Trial,
  j: number,
  width: number,
  size: number,
): readonly (readonly number[])[] => {
  const rows = rowsOf(x.dataSync(), width);
  const outputs = Array.from({ length: size }, (_, i) =>
    derivatives(
      (at) => {
        const moved = rows.flatMap((row, r) => replaceAt(row, j, at[r] ?? NaN));
        const y = bijector.forward(toTensor({ shape: x.shape, values: moved }));
        return column(rowsOf(y.dataSync(), size), i);
      },
      column(rows, j),
      rows.map((row) => 2 ** -5 * Math.max(1, Math.abs(row[j] ?? 0))),
    ),
  );
  return rows.map((_, r) => outputs.map((output) => output[r] ?? NaN));
};

const checkJacobian = (trial: Trial): void => {
  const { bijector, x, y, tolerance } = trial;
  const width = sizeOf(takeLast(x.shape, bijector.inputRank));
  const outputRank = y.rank - (x.rank - bijector.inputRank);
  const size = sizeOf(takeLast(y.shape, outputRank));
  const byOutput = Array.from({ length: size }, (_, i) => gradientRows(trial, i, size));
  const byInput = Array.from({ length: width }, (_, j) => differenceRows(trial, j, width, size));
  const free = freePlaces(bijector.codomain, size);
  const numeric = rowsOf(x.dataSync(), width).map((_, row) => {
    const jacobian = byOutput.map((of) => of[row] ?? []);
    jacobian.forEach((gradients, i) =>
      expectAllClose(
        claim(trial, 'gradient of forward'),
        `∂y${i}/∂x`,
        gradients,
        byInput.map((of) => of[row]?.[i] ?? NaN),
        // Differences of y over a step of 1/32 leave 32 times the rounding of y.
        { absolute: tolerance, relative: 1e-2 },
      ),
    );
    return logAbsDeterminant(free.map((i) => jacobian[i] ?? []));
  });
  expectAllClose(
    claim(trial, 'logAbsDetJacobian is log |det ∂forward/∂x|'),
    'the log determinant',
    [...bijector.logAbsDetJacobian(x).dataSync()],
    numeric,
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
      .grad((at) => tf.sum(tf.mul(flat(at), toTensor(weights))))(x)
      .dataSync(),
    width,
  );
  Array.from({ length: width }, (_, j) => {
    const expected = derivatives(
      (at) => {
        const moved = rows.flatMap((row, r) => replaceAt(row, j, at[r] ?? NaN));
        return [...flat(toTensor({ shape: x.shape, values: moved })).dataSync()];
      },
      column(rows, j),
      rows.map((row) => 2 ** -5 * Math.max(1, Math.abs(row[j] ?? 0))),
    ).map((d, r) => d * (weights.values[r] ?? NaN));
    expectAllClose(
      claim(trial, 'gradient of logAbsDetJacobian'),
      `∂/∂x${j}`,
      column(received, j),
      expected,
      {
        absolute: tolerance,
        relative: 1e-2,
      },
    );
  });
};

/**
 * Checks the laws of a bijector at inputs `[...left, ...input]` and throws an `Error` that names the
 * first broken one: shapes, forward lands in the codomain, both round trips, the gradient of forward
 * against finite differences, log |det J| against the determinant of the numeric Jacobian in double
 * precision, and its gradient.
 *
 * Exact but for rounding. Inputs should be moderate, within about −4 to 4: where a map saturates in
 * float32 it has no inverse. A map onto simplices counts all but the last probability, one onto
 * Cholesky factors the lower triangle.
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
  make: () => Bijector,
  input: Numbers,
  { label, tolerance = 2e-3 }: BijectorLawOptions = {},
): void =>
  tf.tidy(() => {
    const bijector = make();
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
    checkJacobian(trial);
    checkLogDeterminantGradient(trial, (at) => bijector.logAbsDetJacobian(at));
  });

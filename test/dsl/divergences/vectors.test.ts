/** Divergences of laws of vectors, matrices and series: those of each to its kin, and of close ones. */
import {
  type Distribution,
  type Tensor,
  independent,
  multivariateNormal,
  normal,
} from 'marginalia';
import {
  autoregressive,
  gaussianRandomWalk,
  inverseWishartCholesky,
  klDivergence,
  lkjCholesky,
  lowRankMultivariateNormal,
  wishartCholesky,
} from 'marginalia/distributions';
import { checkClosedFormKl } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const first = (x: Tensor | undefined): number => x?.dataSync()[0] ?? NaN;

const near = (received: number, exact: number, slack: number): void =>
  expect(Math.abs(received - exact), `${received} for ${exact}`).toBeLessThanOrEqual(
    slack * (1 + Math.abs(exact)),
  );

describe('the closed-form KL of', () => {
  it('normal vectors of every family, and of series of both, knows all of them', () => {
    const low = lowRankMultivariateNormal([0, 1], [[1], [0.5]], [0.5, 1]);
    const full = multivariateNormal([1, 0], {
      precision: [
        [1, 0.5],
        [0.5, 2],
      ],
    });
    const each = independent(normal([0.5, 0.5], [1, 2]));
    const series = autoregressive([0.5], 1, 3, { initial: [1] });
    const walk = gaussianRandomWalk(0.8, 3);
    const pairs: readonly (readonly [Distribution, Distribution])[] = [
      [low, full],
      [full, low],
      [low, each],
      [each, low],
      [series, walk],
      [walk, series],
      [autoregressive([0.2, 0.3], 1, 3), series],
    ];
    for (const [q, p] of pairs) checkClosedFormKl({ q: () => q, p: () => p });
  });

  it('factors of matrices whose scales and degrees of freedom differ is that of their draws', () => {
    const one = [
      [1, 0],
      [0.5, 1.5],
    ];
    const other = [
      [0.8, 0],
      [-0.3, 1],
    ];
    const pairs: readonly (readonly [Distribution, Distribution])[] = [
      [wishartCholesky(5, one), wishartCholesky([4, 7], other)],
      [inverseWishartCholesky(9, one), inverseWishartCholesky([8, 12], other)],
      [lkjCholesky(3, [1, 3]), lkjCholesky(3, 2)],
    ];
    for (const [q, p] of pairs) checkClosedFormKl({ q: () => q, p: () => p });
  });

  it('close laws does not cancel', () => {
    const by = 2 ** -8;
    const close = (make: (x: number) => Distribution): number =>
      first(klDivergence(make(1), make(1 + by)));
    // n/2 times the square of a small change of a logarithm of the scale, four times that for a variance of both sides.
    near(close((x) => gaussianRandomWalk(x, 3)) / (3 * by ** 2), 1, 2e-2);
    near(close((x) => wishartCholesky(4, [[x]])) / (4 * by ** 2), 1, 2e-2);
    near(close((x) => inverseWishartCholesky(4, [[x]])) / (4 * by ** 2), 1, 2e-2);
  });
});

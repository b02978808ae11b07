/** Codes of images against draws of the standard normal that they are matched to: a test, and a picture. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type Tensor, foldIn } from 'marginalia';
import { twoSampleTest } from 'marginalia/diagnostics';
import { randomNormal } from 'marginalia/random';
import { points } from '../pictures/index.js';

/** Codes that are tested: with many more every difference, however small, is found. */
export const TESTED = 200;

/** Codes and draws of the prior in the picture. */
export const DRAWN = 100;

/** Draws of the prior, `[count, width]`. */
export const priorRows = (key: Key, count: number, width: number): Tensor =>
  tf.tensor2d(randomNormal(key, count * width), [count, width]);

/** MMD² of codes and prior, and the p-value of none. */
export const againstPrior = (
  codes: Tensor,
  key: Key,
): { readonly statistic: number; readonly pValue: number } => {
  const width = codes.shape.at(-1) ?? 0;
  return twoSampleTest(
    tf.slice(codes, [0, 0], [TESTED, width]),
    priorRows(foldIn(key, 'prior'), TESTED, width),
    { key: foldIn(key, 'test') },
  );
};

/** Places in the plane of the first two numbers. */
export type Places = readonly (readonly [number, number])[];

/** Where the first codes of `[count, width]` lie. */
export const placesOf = (codes: Tensor): Places => {
  const width = codes.shape.at(-1) ?? 0;
  const numbers = codes.dataSync();
  const count = Math.min(DRAWN, codes.shape[0] ?? 0);
  return Array.from({ length: count }, (_, i) => [
    numbers[i * width] ?? Number.NaN,
    numbers[i * width + 1] ?? Number.NaN,
  ]);
};

/** Codes beside draws of the prior, both axes from −reach to reach. */
export const codesBesidePrior = (title: string, codes: Places, prior: Places, reach: number) =>
  points({
    title,
    width: 260,
    equal: true,
    size: 14,
    x: { title: 'z₁', domain: [-reach, reach] },
    y: { title: 'z₂', domain: [-reach, reach] },
    clouds: [
      { name: 'codes', points: codes },
      { name: 'prior', points: prior },
    ],
  });

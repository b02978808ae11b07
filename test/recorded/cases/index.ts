/** All cases whose derivatives are recorded. */
import type { RecordedCase } from '../recorded-case.js';
import { discrete } from './discrete.js';
import { families } from './families.js';
import { linearGaussian } from './linear-gaussian.js';
import { losses } from './losses.js';
import { networks } from './networks.js';
import { plates } from './plates.js';

export const cases: readonly RecordedCase[] = [
  ...linearGaussian,
  ...families,
  ...discrete,
  ...plates,
  ...networks,
  ...losses,
];

/** Truth: what compares numbers, joins truths, and chooses by them. */
import type { Kernel } from '../kernel.js';
import { equal } from './equal.js';
import { greaterEqual } from './greater-equal.js';
import { greater } from './greater.js';
import { isFinite } from './is-finite.js';
import { isInf } from './is-inf.js';
import { isNan } from './is-nan.js';
import { lessEqual } from './less-equal.js';
import { less } from './less.js';
import { logicalAnd } from './logical-and.js';
import { logicalNot } from './logical-not.js';
import { logicalOr } from './logical-or.js';
import { notEqual } from './not-equal.js';
import { select } from './select.js';

export const comparison: readonly Kernel[] = [
  equal,
  greaterEqual,
  greater,
  isFinite,
  isInf,
  isNan,
  lessEqual,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  select,
];

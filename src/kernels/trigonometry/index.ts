/** Functions of angles and of hyperbolas, and their inverses. */
import type { Kernel } from '../kernel.js';
import { acos } from './acos.js';
import { acosh } from './acosh.js';
import { asin } from './asin.js';
import { asinh } from './asinh.js';
import { atan } from './atan.js';
import { atan2 } from './atan2.js';
import { atanh } from './atanh.js';
import { cos } from './cos.js';
import { cosh } from './cosh.js';
import { sin } from './sin.js';
import { sinh } from './sinh.js';
import { tan } from './tan.js';

export const trigonometry: readonly Kernel[] = [
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  sin,
  sinh,
  tan,
];

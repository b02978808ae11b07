/** The bound over time, nats per image. */
import type { CurvePoint } from '../pictures/curve.js';

export interface History {
  readonly train: readonly CurvePoint[];
  readonly test: readonly CurvePoint[];
}

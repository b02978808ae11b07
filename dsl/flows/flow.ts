/** Flows: bijectors between real vectors, made of networks. */
import { demand } from '../refusals/options.js';
import { type ArrayOf, realVector } from '../supports/array.js';
import type { Real } from '../supports/real.js';
import type { Bijector } from '../supports/support.js';
import type { Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast, showShape } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/** A bijector between real vectors. */
export type Flow = Bijector<ArrayOf<Real>>;

/** What a way through a flow gives: its end, and log |det J| of forward between the two, by vector. */
export interface Passed {
  readonly value: Tensor;
  readonly logDet: Tensor;
}

/** What a flow is made of. */
export interface FlowParts {
  /** What messages call it. */
  readonly who: string;
  readonly dim: number;
  /** Its weights. */
  readonly parameters: readonly Tensor[];
  /** `[...batch, c]`, where it has one. */
  readonly context?: Tensor | undefined;
  readonly forward: (x: Tensor) => Passed;
  readonly inverse: (y: Tensor) => Passed;
}

/** A flow of its two ways, which see vectors of `dim` entries in the batch of the context. */
export const flowOf = ({ who, dim, parameters, context, forward, inverse }: FlowParts): Flow => {
  const outputShape = (input: Shape): Shape => {
    const expected = `vectors of ${dim} entries`;
    const cure = 'give its dim the length of the vectors, which are events: independent(…)';
    demand(input.at(-1) === dim, who, expected, showShape(input), cure);
    return context === undefined
      ? input
      : broadcastAll(who, [input, [...dropLast(context.shape, 1), dim]]);
  };
  const whole = (x: Tensor): Tensor => expandTo(x, outputShape(x.shape));
  return {
    name: who,
    codomain: realVector,
    parameters: context === undefined ? parameters : [...parameters, context],
    inputRank: 1,
    inputShape: (output) => output,
    outputShape,
    forward: (x) => forward(whole(x)).value,
    inverse: (y) => inverse(whole(y)).value,
    logAbsDetJacobian: (x) => forward(whole(x)).logDet,
    inverseAndLogDet: (y) => {
      const { value, logDet } = inverse(whole(y));
      return [value, logDet];
    },
  };
};

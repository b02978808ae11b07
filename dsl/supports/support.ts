/**
 * Supports: the set a value lives in, with its base measure. A continuous support carries Lebesgue measure
 * and a discrete one counting measure, so a discrete set never lies inside a continuous one, whatever its
 * elements: the density that the bound needs would not exist.
 *
 * A support says itself what it can do: what lies in it, where it lies, and how to reach it from
 * unconstrained space. Bijectors are the maps onto continuous ones, with their log Jacobian determinants.
 */
import type { Domain } from '../checks/domain.js';
import type { Shape } from '../tensors/noise.js';
import type { Tensor } from '../tensors/tensor.js';

/** A set of values. As a `Domain` it is open: numbers on an edge are outside. */
export interface Support<K extends string = string> extends Domain {
  readonly kind: K;
  /** What messages call it; supports of one name are one set. */
  readonly name: string;
  /** The number of event axes that a value has. */
  readonly eventRank: number;
  /** Whether it is a set of integers, or of vectors of them. */
  readonly isDiscrete: boolean;
  /** Whether it has a bound that depends on a parameter. */
  readonly isComputed?: true;
  /** The set with its edges: densities are defined there, and data lie there. */
  readonly closure: Domain;
  /** Whether every value is a value of another support. */
  readonly isWithin: (outer: Support) => boolean;
  /** Whether every value of another support, that does not know this one, is a value. */
  readonly covers?: (inner: Support) => boolean;
  /** Some value at every place of a shape that ends in that of an event. */
  readonly some: (shape: Shape) => Tensor;
  /** 1 for each entry that lies in it, else 0; left out where single entries do not tell. */
  readonly inside?: (value: Tensor) => Tensor;
  /** The entries of an event that a density is over, where the others follow from them; left out: all. */
  readonly free?: (size: number) => readonly number[];
  /** How far each entry of an event can move at the least without leaving it; left out: for ever. */
  readonly room?: (event: readonly number[]) => number;
  /** The bijector from unconstrained space; left out of a discrete support. */
  readonly bijector?: (() => Bijector) | undefined;
  /** Values that float32 rounded to a bound of the open set moved just inside, without gradient there. */
  readonly offBounds?: (value: Tensor) => Tensor;
}

/** A support of single numbers. */
export interface ScalarSupport<K extends string = string> extends Support<K> {
  readonly eventRank: 0;
}

/** A support with a bijector from unconstrained space. */
export interface ContinuousSupport<K extends string = string> extends Support<K> {
  readonly bijector: () => Bijector;
}

/** Arrays and numbers, of which those that are all real are what a map is from where it says no more. */
type Reals = ContinuousSupport<'real'> | ContinuousSupport<'arrayOf'>;

/**
 * An invertible differentiable map from values of the support `D`, all real numbers mostly, onto those of `S`.
 *
 * Laws: `inverse(forward(x)) = x`; `logAbsDetJacobian(x)` is log |det ∂forward/∂x|, summed over the event
 * axes of the map, in nats.
 */
export interface Bijector<
  S extends ContinuousSupport = ContinuousSupport,
  D extends ContinuousSupport = Reals,
> {
  readonly name: string;
  /**
   * The name again, where it tells the map: no tensor has a part in it, and maps of one name are one
   * map. Draws of such a map are scored at what they are images of, so that nothing is lost where
   * float32 rounds them to a bound; the draws of others are scored at their values alone.
   */
  readonly key?: string;
  readonly codomain: S;
  /** The set that it maps from; left out, all real numbers. */
  readonly domain?: D;
  /** The tensors that the map was made from: where its dependence on other sites shows. */
  readonly parameters?: readonly Tensor[];
  /** Event axes that the map mixes, on its input; 0 for an elementwise map. */
  readonly inputRank: number;
  /** Of an elementwise map 1 where it rises and −1 where it falls, which distribution functions go by. */
  readonly direction?: () => Tensor;
  readonly forward: (x: Tensor) => Tensor;
  readonly inverse: (y: Tensor) => Tensor;
  /** log |det J| at x, without the `inputRank` event axes. */
  readonly logAbsDetJacobian: (x: Tensor) => Tensor;
  /**
   * x of y, and log |det J| at that x: of a map that knows both by one way back, where forward again would
   * cost more. Densities of given values are taken by it.
   */
  readonly inverseAndLogDet?: (y: Tensor) => readonly [x: Tensor, logAbsDetJacobian: Tensor];
  /** The input's shape for an output of this shape. */
  readonly inputShape: (output: Shape) => Shape;
  /** The output's shape for an input of this shape. */
  readonly outputShape: (input: Shape) => Shape;
}

/** A bijector that says what it maps from, because that is not all real numbers. */
export interface BijectorFrom<
  D extends ContinuousSupport = ContinuousSupport,
  S extends ContinuousSupport = ContinuousSupport,
> extends Bijector<S, D> {
  readonly domain: D;
}

/** A bijector from any set. */
export type AnyBijector<S extends ContinuousSupport = ContinuousSupport> = Bijector<
  S,
  ContinuousSupport
>;

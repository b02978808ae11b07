/** Learned parameters. */
import { checkOptions, having } from '../refusals/options.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';
import type { ContinuousSupport } from '../supports/support.js';
import { real } from '../supports/index.js';
import type { Initializer } from './instruction.js';
import { checkName } from './name.js';
import { type Program, perform, rewrite } from './program.js';
import type { Param } from './site.js';

/** Where a parameter lives; the engine keeps its unconstrained image. */
export interface ParamOptions {
  readonly support?: ContinuousSupport;
}

const isInitializer = (init: TensorLike | Initializer): init is Initializer =>
  typeof init === 'object' && init !== null && 'noise' in init;

/**
 * A learned parameter with its initial value, given in its support.
 *
 * Inside a plate there is one value for each element, all starting from `init`, and a subsample
 * sees its own rows: variational parameters without amortisation. Weights that all elements share
 * belong in `shared`, as those of `dense` do.
 *
 * - Errors: an initial value outside its support or on its edge throws a `SiteError` where it is used.
 *
 * @example
 * ```ts
 * const scale = param('scale', 1, { support: positive });
 * simulate(scale, { key: key(0) }).dataSync()[0]; // 1
 * ```
 */
export const param = <const N extends string>(
  name: N,
  init: TensorLike | Initializer,
  options: ParamOptions = {},
): Program<Param<N>, Tensor> => {
  checkName('param', name);
  checkOptions(`param '${name}'`, options, {
    support: having('a support', '{ support: positive }, say', 'kind'),
  });
  return perform({
    op: 'param',
    name,
    init: isInitializer(init) ? init : asTensor(init, `param '${name}'`),
    support: options.support ?? real,
    plates: [],
    shared: false,
  });
};

/**
 * The program with its parameters shared by all elements of the plates around it.
 *
 * @example
 * ```ts
 * const body = program(function* () {
 *   const own = yield* param('own', 0);
 *   const slope = yield* shared(param('slope', 0));
 *   return [own.shape, slope.shape];
 * });
 * simulate(plate('data', 3, body), {}); // [[3], []]
 * ```
 */
export const shared = <E, A>(body: Program<E, A>): Program<E, A> =>
  rewrite(body, () => ({ each: (i) => (i.op === 'param' ? { ...i, shared: true } : i) }));

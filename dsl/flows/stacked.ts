import { compose } from '../bijectors/compose.js';
import { reverse } from '../bijectors/reverse.js';
import { type Program, type Visit, program } from '../program/program.js';
import { checkWhole } from '../refusals/options.js';
import type { Flow } from './flow.js';

/**
 * `count` layers of a flow, one after another, with the entries in reverse order from each to the next: what a layer kept
 * is moved by the next.
 *
 * - Errors: a count that is no whole number of at least 1 throws a `RangeError`.
 *
 * @example
 * ```ts
 * const flow = stacked(3, (i) => splineCoupling(`flow/${i}`, { dim: 2, hidden: [8] }));
 * const layers = simulate(flow, { key: key(0) });
 * layers.inverse(asTensor([1, 2])).arraySync(); // [1, 2]
 * layers.parameters?.length; // 12
 * ```
 */
export const stacked = <E>(
  count: number,
  layer: (i: number) => Program<E, Flow>,
): Program<E, Flow> => {
  checkWhole('stacked', { count });
  return program<Visit<E>, Flow>(function* () {
    const first = yield* layer(0);
    const rest: Flow[] = [];
    for (let i = 1; i < count; i += 1) rest.push(reverse, yield* layer(i));
    return compose(first, ...rest);
  });
};

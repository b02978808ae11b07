/**
 * Functions of tensors, noise and a batch that are carried out by their graphs, kernel by kernel: what an
 * eager step is. A function is traced when a form of its arguments first comes, and its plan is kept.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../../dsl/index.js';
import { leavesOf, signatureOf, specOf, withLeaves } from '../../compile/container.js';
import { interpret } from '../../compile/interpreter/interpret.js';
import { type Plan, planOf } from '../../compile/interpreter/plan.js';
import { type Tensors, refusalOf } from '../../compile/recording/recorder.js';
import type { NoiseSource } from '../../random/noise-source.js';
import { type NoiseInput, specsOf, recordNoisy } from '../compiled/noisy-graph.js';

/** A function of tensors alone, but for what is `fixed`: with another one it is another function. */
export type TensorFunction<B, F> = (
  tensors: Tensors,
  noise: NoiseSource,
  batch: B,
  fixed: F,
) => Tensors;

/** What is kept of a form of arguments. */
interface Form<F> {
  readonly name: string;
  readonly fixed: F;
  readonly plan: Plan;
  readonly noises: readonly NoiseInput[];
}

/** More forms than this are no pattern: that which was asked for the longest ago goes. */
const MOST_FORMS = 32;

/** Everything of the arguments but numbers in tensors; nothing where they cannot be told apart by it. */
const formOf = (tensors: Tensors, batch: unknown): string | undefined => {
  const shapes = Object.entries(tensors).map(([name, x]) => [name, specOf(x)]);
  const signature = E.tryCatch(() => signatureOf({ batch, shapes }), refusalOf);
  return E.isRight(signature) ? signature.right : undefined;
};

const noiseTensors = (noises: readonly NoiseInput[], source: NoiseSource): Tensors =>
  Object.fromEntries(
    noises.map(({ input, site, block, noise, batch }): readonly [string, Tensor] => [
      input,
      source(site, block, noise, batch),
    ]),
  );

/**
 * The same function by its graph, whose outputs are the caller's. It is not for use while another is traced.
 * Throws a `RecordingError` where it cannot be traced.
 */
export const interpretedFunction = <B, F>(f: TensorFunction<B, F>): TensorFunction<B, F> => {
  /** That which was asked for last is the last. */
  const forms: Form<F>[] = [];
  const made = (tensors: Tensors, batch: B, fixed: F): Omit<Form<F>, 'name'> => {
    const inputs = specsOf([...Object.entries(tensors), ...leavesOf(batch)]);
    const { graph, noises } = recordNoisy(inputs, (given, noise) => {
      const own = Object.entries(given).filter(([name]) => Object.hasOwn(tensors, name));
      return f(Object.fromEntries(own), noise, withLeaves(batch, given), fixed);
    });
    return { fixed, plan: planOf(graph), noises };
  };
  const formFor = (tensors: Tensors, batch: B, fixed: F): Omit<Form<F>, 'name'> => {
    const name = formOf(tensors, batch);
    if (name === undefined) return made(tensors, batch, fixed);
    const at = forms.findIndex((form) => form.name === name && form.fixed === fixed);
    const [known] = at < 0 ? [] : forms.splice(at, 1);
    const form = known ?? { ...made(tensors, batch, fixed), name };
    forms.push(form);
    if (forms.length > MOST_FORMS) forms.shift();
    return form;
  };
  return (tensors, noise, batch, fixed) => {
    const { plan, noises } = formFor(tensors, batch, fixed);
    const drawn = noiseTensors(noises, noise);
    return interpret(plan, { ...tensors, ...Object.fromEntries(leavesOf(batch)), ...drawn });
  };
};

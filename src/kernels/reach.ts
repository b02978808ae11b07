/**
 * Which elements of a site each element of a value was computed from: none, one of them, or several. A label is
 * 0 for none, the number of the one plus 1, or `SEVERAL`.
 */
import { broadcastIndex, flatten, unflatten } from '../code/javascript/indexing.js';
import type { Attributes } from '../graph/shape-rule.js';
import type { Shape } from '../../dsl/index.js';
import { sizeOf } from '../../dsl/tensors/shape.js';

/** One label for each element, row-major. */
export type Labels = Int32Array;

/** Labels, laid out by a shape. */
export interface Labelled {
  readonly labels: Labels;
  readonly shape: Shape;
}

/** What a rule is told of its node. */
export interface ReachSite {
  /** The labels of an input. */
  readonly at: (input: string) => Labelled;
  /** The kernel's names of its inputs, in order. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  readonly outs: readonly Shape[];
}

/** The labels of all outputs. A rule may say `SEVERAL` of what is one, and must not say one of what is several. */
export type ReachRule = (site: ReachSite) => readonly Labels[];

export const NONE = 0;
export const SEVERAL = -1;

/** The label of what was computed from both. */
export const both = (a: number, b: number): number =>
  a === NONE || a === b ? b : b === NONE ? a : SEVERAL;

/** Labels that broadcast from the right, together at each element of a shape. */
export const overlaid = (parts: readonly Labelled[], out: Shape): Labels => {
  const labels = new Int32Array(sizeOf(out));
  for (const part of parts) {
    const [only = NONE] = part.labels;
    const same = part.labels.length === labels.length;
    const seen = part.labels.length > 1 || only !== NONE;
    for (let i = 0; seen && i < labels.length; i += 1) {
      const at = same
        ? i
        : Number(flatten(broadcastIndex(unflatten(i, out), part.shape), part.shape));
      labels[i] = both(labels[i] ?? NONE, part.labels[at] ?? NONE);
    }
  }
  return labels;
};

/** Labels with those along some axes put together; the axes are left, of length 1. */
export const along = ({ labels, shape }: Labelled, axes: readonly number[]): Labelled => {
  const left = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const found = new Int32Array(sizeOf(left));
  labels.forEach((label, i) => {
    if (label === NONE) return;
    const at = Number(flatten(broadcastIndex(unflatten(i, shape), left), left));
    found[at] = both(found[at] ?? NONE, label);
  });
  return { labels: found, shape: left };
};

/** The same labels by another shape. */
export const reshaped = ({ labels }: Labelled, shape: Shape): Labelled => ({ labels, shape });

const whole = (part: Labelled): Labelled => ({
  labels: Int32Array.of(part.labels.reduce(both, NONE)),
  shape: [],
});

/** Every element of the outputs from every element of the inputs. */
export const everything: ReachRule = ({ at, inputs, outs }) =>
  outs.map((out) =>
    overlaid(
      inputs.map((input) => whole(at(input))),
      out,
    ),
  );

/** One element of each operand for each of the output. */
export const eachElement: ReachRule = ({ at, inputs, outs }) =>
  outs.map((out) => overlaid(inputs.map(at), out));

/** Nothing but the shape. */
export const shapeAlone: ReachRule = ({ outs }) => outs.map((out) => new Int32Array(sizeOf(out)));

/** Each image, along axis 0 of one input, by itself, with all of the other inputs. */
export const eachImage =
  (images: string): ReachRule =>
  ({ at, inputs, outs }) =>
    outs.map((out) =>
      overlaid(
        inputs.map((input) => {
          if (input !== images) return whole(at(input));
          const own = along(
            at(input),
            at(input).shape.flatMap((_, axis) => (axis === 0 ? [] : [axis])),
          );
          return reshaped(own, [own.labels.length, ...out.slice(1).map(() => 1)]);
        }),
        out,
      ),
    );

/** Each line along the last axis by itself. */
export const eachLine: ReachRule = ({ at, inputs, outs }) =>
  outs.map((out) =>
    overlaid(
      inputs.map((input) => along(at(input), [at(input).shape.length - 1])),
      out,
    ),
  );

/** Each matrix of a stack by itself: an input's last two axes are one, and so are those of an output that has them. */
export const eachMatrix: ReachRule = ({ at, inputs, outs }) =>
  outs.map((out) => {
    const stacks = inputs.map((input) => {
      const { shape } = at(input);
      const one = along(at(input), [shape.length - 2, shape.length - 1]);
      return reshaped(one, shape.slice(0, -2));
    });
    const lead = Math.max(...stacks.map(({ shape }) => shape.length));
    const inside = out.slice(lead).map(() => 1);
    return overlaid(
      stacks.map((stack) => reshaped(stack, [...stack.shape, ...inside])),
      out,
    );
  });

/** Everything along some axes of the first input, which are left out or kept as the output has it. */
export const alongAxes =
  (axesOf: (attributes: Attributes, shape: Shape) => readonly number[]): ReachRule =>
  ({ at, inputs: [input = ''], attributes, outs }) => {
    const from = at(input);
    const axes = axesOf(attributes, from.shape);
    const put = along(from, axes);
    const left = put.shape.filter((_, axis) => !axes.includes(axis));
    return outs.map((out) =>
      overlaid([out.length === from.shape.length ? put : reshaped(put, left)], out),
    );
  };

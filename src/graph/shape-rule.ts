/** What the shape rules of all kernels have in common. */
import type { Value } from './graph.js';

/** The inputs of a kernel by name, in the order of their names. */
export type Inputs = Readonly<Record<string, Value>>;

export type Attributes = Readonly<Record<string, unknown>>;

/** The outputs of a kernel from its inputs; nothing where the rule does not reach. */
export type ShapeRule = (
  inputs: Inputs,
  attributes: Attributes,
) => Value | readonly Value[] | undefined;

/**
 * A kernel is one concept in one place: what it makes, its derivative, how it is batched, and how each
 * executor writes it. Rules are functions of tensors, written in the operations that users write in: they
 * run while a function is traced, so that what they do is recorded like everything else.
 */
import type { HostCode } from '../../dsl/tensors/host-kernel.js';
import type { Shape, Tensor } from '../../dsl/index.js';
import type { Kind, WorkTag } from '../code/kind.js';
import type { Value } from '../graph/graph.js';
import type { ElementRule } from '../code/javascript/element-rule.js';
import type { ScalarRule } from '../code/javascript/scalars.js';
import type { WholeRule } from '../code/javascript/whole-rule.js';
import type { Translation } from '../code/onnx/builder.js';
import type { Attributes, Inputs, ShapeRule } from '../graph/shape-rule.js';
import type { VectorRule } from '../code/webassembly/vectors.js';
import type { ReachRule } from './reach.js';

/** What a derivative is told of its node. */
export interface AdjointSite {
  /**
   * The adjoint of the first output. Where the kernel is batched as `elementwise` it may be narrower than
   * the output, if it broadcasts to it; else it has the output's shape.
   */
  readonly dy: Tensor;
  /** The adjoints of all outputs; those that nothing needs are zeros. */
  readonly dys: readonly Tensor[];
  /** An input by the kernel's name for it. */
  readonly at: (input: string) => Tensor;
  /** The first output. */
  readonly y: Tensor;
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** The kernel's names of its inputs, in order. */
  readonly inputs: readonly string[];
}

/**
 * The vector-Jacobian product with respect to one input: Σ_y dy ∂y/∂x, of the input's shape, or narrower
 * where it broadcasts to it. That of an `elementwise` kernel may have the output's shape: what was
 * broadcast is summed for it.
 */
export type Vjp = (site: AdjointSite, input: string) => Tensor | undefined;

/** What a batching rule is told of its node. Axis 0 of what is batched is that of the draws. */
export interface BatchSite {
  /** How many draws there are. */
  readonly size: number;
  /** An input: as one draw has it where it is not batched, else with the draws on the left. */
  readonly at: (input: string) => Tensor;
  readonly isBatched: (input: string) => boolean;
  /** An input with the draws on the left, repeated where it is not batched. */
  readonly spread: (input: string) => Tensor;
  /** The shape and type of an input for one draw. */
  readonly value: (input: string) => Value;
  /** The kernel's names of its inputs, in order. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  /** What the node makes for one draw. */
  readonly outs: readonly Value[];
  /** The same kernel on other inputs, with other attributes. */
  readonly again: (
    inputs: Readonly<Record<string, Tensor>>,
    attributes?: Attributes,
  ) => readonly Tensor[];
}

/** The outputs for all draws at once, draws on the left. */
export type BatchRule = (site: BatchSite) => Tensor | readonly Tensor[];

/** Code over the plain arrays of the inputs. */
export type HostRule = (attributes: Attributes, shapes: readonly Shape[]) => HostCode;

export interface Kernel {
  /** TensorFlow.js's name for it. */
  readonly name: string;
  /**
   * The attributes in one spelling, which every backend of TensorFlow.js takes: axes that are not negative,
   * sizes worked out.
   */
  readonly canonical?: (attributes: Attributes, inputs: Inputs) => Attributes;
  readonly shape: ShapeRule;
  /**
   * By input; one rule for all where inputs are a list; `zero` where the output is constant almost everywhere
   * or counts. An input without a rule has none: it is an index, a condition, a shape.
   */
  readonly vjp: 'zero' | Readonly<Record<string, Vjp>> | Vjp;
  /** `elementwise`: operands broadcast from the right, and one element of each makes one of the output. */
  readonly batch: 'elementwise' | BatchRule;
  /**
   * Which elements of its inputs each element of the output depends on, where that is not what `elementwise` or `element`
   * say, or is found faster.
   */
  readonly reach?: ReachRule;
  /** In operators of ONNX. */
  readonly onnx?: Translation;
  /** In JavaScript, of a kernel that works element by element. */
  readonly scalar?: ScalarRule;
  /** In JavaScript, one element of the output from others of the inputs. */
  readonly element?: ElementRule;
  /** In loops of JavaScript, all elements in one pass over the inputs, where that is faster. */
  readonly whole?: WholeRule;
  /** As a call over plain arrays, which every executor makes between what it does itself. */
  readonly host?: HostRule;
  /** In WebAssembly, on vectors of float32. */
  readonly vector?: VectorRule;
  /** What there is to do, where it is not one element after another. */
  readonly work?: WorkTag;
  /** How dear an element is; `arithmetic` where it is not said. */
  readonly cost?: Kind;
}

/** A kernel's rule for an input, if there is one. */
export const vjpFor = ({ vjp }: Kernel, input: string): Vjp | undefined => {
  if (vjp === 'zero') return undefined;
  return typeof vjp === 'function' ? vjp : Object.hasOwn(vjp, input) ? vjp[input] : undefined;
};

export type { Attributes, Inputs, ShapeRule, Value };

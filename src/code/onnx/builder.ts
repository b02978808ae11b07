/** Builds the nodes of an ONNX graph; every name is made once. */
import type { Value } from '../../graph/graph.js';
import type { ElementType, OnnxAttribute, OnnxNode, OnnxTensor } from './model.js';

/** A whole number, or a truth value, as an attribute. */
export const int = (value: boolean | number): OnnxAttribute => ({ int: Number(value) });

/** A list of whole numbers as an attribute. */
export const ints = (values: readonly number[]): OnnxAttribute => ({ ints: values });

/** What a kernel's translation writes with. */
export interface Builder {
  /** Adds an operator and returns the name of its result. */
  readonly op: (
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    output?: string,
  ) => string;
  /** Adds an operator with several results and returns their names. */
  readonly opMany: (
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    count: number,
  ) => readonly string[];
  /** A float32 scalar. */
  readonly scalar: (value: number) => string;
  /** A vector of int64, as shapes and axes are given. */
  readonly ints: (values: readonly number[]) => string;
  /** Any constant. */
  readonly constant: (
    type: ElementType,
    shape: readonly number[],
    values: ArrayLike<number>,
  ) => string;
}

/** A graph under construction. */
export interface Draft extends Builder {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
}

const bytesOf = (type: ElementType, values: ArrayLike<number>): Uint8Array => {
  const bytes = (array: ArrayBufferView): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  switch (type) {
    case 'float32':
      return bytes(Float32Array.from(values));
    case 'int32':
      return bytes(Int32Array.from(values));
    case 'int64':
      return bytes(BigInt64Array.from(Array.from(values, BigInt)));
    case 'bool':
      return Uint8Array.from(values);
  }
};

/** An empty graph, which makes no name that is `taken`. */
export const draft = (taken: ReadonlySet<string>): Draft => {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const known = new Map<string, string>();
  let made = 0;
  const fresh = (): string => {
    do made += 1;
    while (taken.has(`t${made}`));
    return `t${made}`;
  };
  const constant: Builder['constant'] = (type, shape, values) => {
    const small = values.length <= 16;
    const id = small ? JSON.stringify([type, shape, Array.from(values, String)]) : '';
    const before = known.get(id);
    if (small && before !== undefined) return before;
    const name = fresh();
    initializers.push({ name, type, shape, data: bytesOf(type, values) });
    if (small) known.set(id, name);
    return name;
  };
  return {
    nodes,
    initializers,
    op: (op, inputs, attributes = {}, output = fresh()) => {
      nodes.push({ op, inputs, outputs: [output], attributes });
      return output;
    },
    opMany: (op, inputs, attributes, count) => {
      const outputs = Array.from({ length: count }, fresh);
      nodes.push({ op, inputs, outputs, attributes });
      return outputs;
    },
    scalar: (value) => constant('float32', [], [value]),
    ints: (values) => constant('int64', [values.length], values),
    constant,
  };
};

/** What a translation knows of its kernel. */
export interface Site {
  readonly b: Builder;
  readonly kernel: string;
  /** What the inputs that are there are, by the kernel's names for them. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Names of the inputs, by the kernel's names for them. */
  readonly at: (name: string) => string;
  readonly value: (name: string) => Value;
  /** All inputs, in order. */
  readonly all: readonly string[];
  /** What the inputs are, in the same order. */
  readonly values: readonly Value[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly out: Value;
  /** All outputs, where there are several. */
  readonly outs: readonly Value[];
}

/** Translates one kernel and returns the names of its results; nothing where it cannot. */
export type Translation = (site: Site) => string | readonly string[] | undefined;

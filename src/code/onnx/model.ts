/**
 * The ONNX file format: the part of its protocol buffers that a graph needs.
 * Source: onnx/onnx.proto3, ONNX intermediate representation 10.
 */
import protobuf from 'protobufjs/light.js';

const field = (id: number, type: string, repeated = false): protobuf.IField => ({
  id,
  type,
  ...(repeated && { rule: 'repeated' }),
});

const root = protobuf.Root.fromJSON({
  nested: {
    Opset: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    Dimension: { fields: { dimValue: field(1, 'int64') } },
    Shape: { fields: { dim: field(1, 'Dimension', true) } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'Shape') } },
    Type: { fields: { tensorType: field(1, 'TensorType') } },
    ValueInfo: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Tensor: {
      fields: {
        dims: field(1, 'int64', true),
        dataType: field(2, 'int32'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes'),
      },
    },
    Attribute: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        ints: field(8, 'int64', true),
        type: field(20, 'int32'),
      },
    },
    Node: {
      fields: {
        input: field(1, 'string', true),
        output: field(2, 'string', true),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: field(5, 'Attribute', true),
      },
    },
    Graph: {
      fields: {
        node: field(1, 'Node', true),
        name: field(2, 'string'),
        initializer: field(5, 'Tensor', true),
        input: field(11, 'ValueInfo', true),
        output: field(12, 'ValueInfo', true),
      },
    },
    Model: {
      fields: {
        irVersion: field(1, 'int64'),
        producerName: field(2, 'string'),
        graph: field(7, 'Graph'),
        opsetImport: field(8, 'Opset', true),
      },
    },
  },
});

/** ONNX's numbers for element types. */
export const elementType = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;

export type ElementType = keyof typeof elementType;

/** An attribute of a node: a whole number, a list of them, a float or a text. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** The operator set that files are written for. */
const OPSET = 18;
const IR_VERSION = 8;

const attribute = (name: string, a: OnnxAttribute): object => {
  if ('int' in a) return { name, i: a.int, type: 2 };
  if ('float' in a) return { name, f: a.float, type: 1 };
  if ('text' in a) return { name, s: new TextEncoder().encode(a.text), type: 3 };
  return { name, ints: a.ints, type: 7 };
};

const valueInfo = ({ name, type, shape }: OnnxValue): object => ({
  name,
  type: {
    tensorType: {
      elemType: elementType[type],
      shape: { dim: shape.map((dimValue) => ({ dimValue })) },
    },
  },
});

/** The bytes of an ONNX file. */
export const encodeModel = (model: OnnxModel): Uint8Array => {
  const Model = root.lookupType('Model');
  return Model.encode(
    Model.fromObject({
      irVersion: IR_VERSION,
      producerName: 'marginalia',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: 'graph',
        node: model.nodes.map((n, i) => ({
          name: `n${i}`,
          opType: n.op,
          input: n.inputs,
          output: n.outputs,
          attribute: Object.entries(n.attributes).map(([name, a]) => attribute(name, a)),
        })),
        initializer: model.initializers.map((t) => ({
          name: t.name,
          dims: t.shape,
          dataType: elementType[t.type],
          rawData: t.data,
        })),
        input: model.inputs.map(valueInfo),
        output: model.outputs.map(valueInfo),
      },
    }),
  ).finish();
};

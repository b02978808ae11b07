/** Kernels by the code that is generated for them, where a backend has none or a wrong one. */
import * as E from 'fp-ts/lib/Either.js';
import { mapped } from '../../../dsl/records/dictionary.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { attributesOf } from '../../graph/attributes.js';
import { exactJson } from '../../graph/exact.js';
import { showExecutableError } from '../../compile/executable.js';
import type { Graph, Value } from '../../graph/graph.js';
import { javascriptExecutable } from '../../compile/javascript/executable.js';
import { outputsOf } from '../../compile/shapes.js';
import { kernels } from '../../kernels/index.js';
import { type MendedKernel, type Numbers, numericType, zerosOf } from './host.js';

/** A program for inputs of some shapes, with its arrays. */
interface Program {
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly output: Numbers;
  readonly value: Value;
  readonly run: () => boolean;
}

/** So many programs of a kernel are kept: shapes are few. */
const MOST = 16;

const arrayFor = ({ shape, dtype }: Value): Numbers => zerosOf(dtype, sizeOf(shape));

const programOf = (
  kernel: string,
  values: Readonly<Record<string, Value>>,
  given: Readonly<Record<string, unknown>>,
): Program => {
  const attributes = attributesOf(kernels.get(kernel)?.canonical?.(given, values) ?? given);
  const [value = { shape: [], dtype: 'float32' as const }] = outputsOf(kernel, values, attributes);
  const names = Object.keys(values);
  const ports = names.map((name, id) => ({ name, id }));
  const graph: Graph = {
    values: [...Object.values(values), value],
    constants: new Map(),
    inputs: ports,
    outputs: [{ name: 'made', id: names.length }],
    nodes: [
      {
        kernel,
        inputs: Object.fromEntries(ports.map(({ name, id }) => [name, id])),
        attributes,
        outputs: [names.length],
      },
    ],
  };
  const inputs = mapped(values, (one) => arrayFor(one));
  const output = arrayFor(value);
  const made = javascriptExecutable(
    { graph, inputs, outputs: { made: output } },
    { style: 'loops' },
  );
  if (E.isLeft(made)) throw new Error(`${kernel}: ${showExecutableError(made.left)}`);
  return { inputs, output, value, run: made.right.run };
};

/** A kernel of one output, as generated code computes it. */
export const written = (kernel: string): MendedKernel => {
  const programs = new Map<string, Program>();
  return (host, inputs, attributes) => {
    const values = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, x]): (readonly [string, Value])[] =>
        x === undefined ? [] : [[name, { shape: x.shape, dtype: numericType(x) }]],
      ),
    );
    const key = exactJson([values, attributes]);
    const program = programs.get(key) ?? programOf(kernel, values, attributes);
    if (!programs.has(key) && programs.size === MOST) programs.clear();
    programs.set(key, program);
    for (const [name, array] of Object.entries(program.inputs)) {
      const x = inputs[name];
      if (x !== undefined) array.set(host.read(x));
    }
    program.run();
    return host.make(program.output.slice(), program.value.shape, program.value.dtype);
  };
};

/** The matrix products of our own step and nothing else, in the runtime that it is compiled for. */
import * as E from 'fp-ts/lib/Either.js';
import { foldIn, freeState, key, useBackend } from 'marginalia';
import { randomNormal } from 'marginalia/random';
import {
  type Graph,
  type GraphNode,
  type Port,
  type Value,
  type ValueId,
  operands,
} from '../../src/graph/graph.js';
import { boundTo } from '../../src/compile/compile.js';
import { showExecutableError } from '../../src/compile/executable.js';
import { onnxExecutable } from '../../src/compile/onnx/executable.js';
import { recordStep } from '../../src/inference/compiled/step-graphs.js';
import { isStepCase } from '../case.js';
import type { Contender, Problem } from '../contenders/contender.js';
import { firstState, tensorsOf } from '../problem.js';
import { studyOf } from '../cases/study-of.js';

/** Operands become inputs; of each product one number goes out, since copying it all is no product. */
const productsOf = ({ values, nodes }: Graph): Graph => {
  const products = nodes.filter(({ kernel }) => kernel === 'BatchMatMul');
  const all: Value[] = [...values];
  const value = (shape: readonly number[]): ValueId => all.push({ shape, dtype: 'float32' }) - 1;
  const inputs = new Map<ValueId, ValueId>();
  const input = (id: ValueId): ValueId => {
    const known = inputs.get(id) ?? value(values[id]?.shape ?? []);
    inputs.set(id, known);
    return known;
  };
  const made: GraphNode[] = [];
  const outputs: Port[] = [];
  for (const [i, product] of products.entries()) {
    const [out = -1] = product.outputs;
    const ones = (values[out]?.shape ?? []).map(() => 1);
    const corner = value(ones);
    const fed = Object.entries(product.inputs).map(([name, id]) => {
      return [name, input(typeof id === 'number' ? id : (id[0] ?? -1))] as const;
    });
    made.push(
      { ...product, inputs: Object.fromEntries(fed) },
      {
        kernel: 'Slice',
        inputs: { x: out },
        attributes: { begin: ones.map(() => 0), size: ones },
        outputs: [corner],
      },
    );
    outputs.push({ name: `product ${i}`, id: corner });
  }
  const ports = [...inputs.values()].map((id) => ({ name: `operand ${id}`, id }));
  return { values: all, constants: new Map(), nodes: made, inputs: ports, outputs };
};

/** Multiplications and additions of a product, for the report. */
const flops = ({ values, nodes }: Graph): number =>
  nodes
    .filter(({ kernel }) => kernel === 'BatchMatMul')
    .reduce((sum, node) => {
      const [a = -1] = operands(node);
      const [out = -1] = node.outputs;
      const [rows = 1, columns = 1] = (values[a]?.shape ?? []).slice(-2);
      const inner = node.attributes['transposeA'] === true ? rows : columns;
      return sum + 2 * inner * (values[out]?.shape ?? []).reduce((x, y) => x * y, 1);
    }, 0);

export const matmul = async ({ of, batches }: Problem): Promise<Contender> => {
  await useBackend('wasm')();
  if (!isStepCase(of)) throw new Error(`${of.name} has no steps`);
  const study = studyOf(of);
  const example = tensorsOf(batches[0] ?? {});
  const state = firstState(study, example);
  const [only] = recordStep(study.inference, state, example).phases;
  freeState(state);
  if (only === undefined) throw new Error('the study has no step');
  const products = productsOf(only.gradients);
  if (products.outputs.length === 0) throw new Error('the step has no matrix products');
  const began = performance.now();
  const bound = boundTo(products);
  const executable = await onnxExecutable(bound);
  if (E.isLeft(executable)) throw new Error(showExecutableError(executable.left));
  for (const [name, into] of Object.entries(bound.inputs)) {
    into.set(randomNormal(foldIn(key(4), name), into.length));
  }
  return {
    says: `${products.outputs.length} products of ${(flops(products) / 1e6).toPrecision(3)} MFLOP`,
    compileMs: performance.now() - began,
    take: async (steps) => {
      for (let i = 0; i < steps; i += 1) await executable.right.run();
      return [];
    },
  };
};

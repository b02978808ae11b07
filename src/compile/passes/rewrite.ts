/**
 * Cheap rewrites of slow kernels: the same numbers, up to rounding, by operators that runtimes have
 * fast code for.
 */
import { sameShape } from '../../../dsl/tensors/shape.js';
import {
  type Constant,
  type Graph,
  type GraphNode,
  type ValueId,
  operands,
} from '../../graph/graph.js';

/** Kernels through which an absolute error stays an absolute error. */
const ADDITIVE = new Set(['Add', 'Sub', 'Neg', 'Sum', 'Mean', 'Reshape', 'ExpandDims', 'Identity']);

const SUMS = new Set(['Sum', 'Mean']);

interface View {
  readonly graph: Graph;
  readonly maker: ReadonlyMap<ValueId, GraphNode>;
  readonly users: ReadonlyMap<ValueId, readonly GraphNode[]>;
}

const viewOf = (graph: Graph): View => {
  const users = new Map<ValueId, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const id of operands(node)) users.set(id, [...(users.get(id) ?? []), node]);
  }
  return {
    graph,
    maker: new Map(graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const))),
    users,
  };
};

const made = (view: View, id: ValueId | undefined, kernel: string): GraphNode | undefined => {
  const node = id === undefined ? undefined : view.maker.get(id);
  return node?.kernel === kernel ? node : undefined;
};

const operandsOf = (node: GraphNode | undefined): readonly ValueId[] =>
  node === undefined ? [] : operands(node);

const first = (node: GraphNode | undefined): ValueId | undefined => operandsOf(node)[0];

const number = ({ graph }: View, id: ValueId | undefined): number | undefined => {
  const constant = id === undefined ? undefined : graph.constants.get(id);
  return constant?._tag === 'uniform' ? constant.value : undefined;
};

/**
 * Whether a value goes nowhere but into sums of many, so that what its rounding is relative to is
 * the sum and not itself.
 */
const onlySummed = (view: View, id: ValueId, summed = false): boolean =>
  (summed || !view.graph.outputs.some((p) => p.id === id)) &&
  (view.users.get(id) ?? []).every(
    (node) =>
      ADDITIVE.has(node.kernel) &&
      node.outputs.every((o) => onlySummed(view, o, summed || SUMS.has(node.kernel))),
  );

/** The x of max(x, 0) + log1p(exp(−|x|)), a stable softplus, where `node` is its addition. */
const softplusOf = (view: View, node: GraphNode): ValueId | undefined => {
  const [a, b] = operands(node);
  const x = first(made(view, a, 'Relu'));
  const tail = first(made(view, first(made(view, first(made(view, b, 'Log1p')), 'Exp')), 'Neg'));
  return x !== undefined && first(made(view, tail, 'Abs')) === x ? x : undefined;
};

const binary = (kernel: string, a: ValueId, b: ValueId, out: ValueId): GraphNode => ({
  kernel,
  inputs: { a, b },
  attributes: {},
  outputs: [out],
});

const unary = (kernel: string, x: ValueId, out: ValueId): GraphNode => ({
  kernel,
  inputs: { x },
  attributes: {},
  outputs: [out],
});

/** The same graph with slow patterns replaced; what they leave behind is for `simplify` to drop. */
export const rewrite = (graph: Graph): Graph => {
  const view = viewOf(graph);
  const values = [...graph.values];
  const constants = new Map<ValueId, Constant>(graph.constants);
  const like = (id: ValueId): ValueId =>
    values.push(values[id] ?? { shape: [], dtype: 'float32' }) - 1;
  const same = (a: ValueId, b: ValueId): boolean =>
    sameShape(values[a]?.shape ?? [], values[b]?.shape ?? []);

  const uniform = (value: number): ValueId => {
    const id = values.push({ shape: [], dtype: 'float32' }) - 1;
    constants.set(id, { _tag: 'uniform', value: Math.fround(value) });
    return id;
  };

  const replace = (node: GraphNode): readonly GraphNode[] => {
    const [a, b] = operands(node);
    const [out] = node.outputs;
    if (a === undefined || out === undefined || values[out]?.dtype !== 'float32') return [node];
    if (node.kernel === 'Log') {
      // A scale that is learned by its logarithm: log exp x = x, and without rounding.
      const x = first(made(view, a, 'Exp'));
      if (x !== undefined) return [unary('Identity', x, out)];
      // The same scale over a fixed one: log (exp x / c) = x − log c.
      const [p, q] = operandsOf(made(view, a, 'RealDiv'));
      const exponent = first(made(view, p, 'Exp'));
      const divisor = number(view, q);
      if (exponent === undefined || divisor === undefined || !(divisor > 0)) return [node];
      if (!same(exponent, out)) return [node];
      return [binary('Sub', exponent, uniform(Math.log(divisor)), out)];
    }
    if (node.kernel === 'Neg') {
      const [p, q] = operandsOf(made(view, a, 'Sub'));
      return [p === undefined || q === undefined ? node : binary('Sub', q, p, out)];
    }
    if (b === undefined) return [node];
    switch (node.kernel) {
      case 'Add': {
        const x = softplusOf(view, node);
        // log σ(|x|) is rounded to absolute, not relative, accuracy: enough for a sum.
        if (x !== undefined && onlySummed(view, out)) {
          const [size, chance, log] = [like(x), like(x), like(x)];
          return [
            unary('Abs', x, size),
            // Of what is not negative: it has no tail whose digits could be lost.
            { ...unary('Sigmoid', size, chance), attributes: { tail: false } },
            unary('Log', chance, log),
            binary('Sub', a, log, out),
          ];
        }
        const [p, q] = operandsOf(made(view, b, 'Multiply'));
        if (p !== undefined && q !== undefined && number(view, p) === -1 && same(q, b)) {
          return [binary('Sub', a, q, out)];
        }
        return [node];
      }
      case 'Multiply': {
        const step = made(view, b, 'Step');
        const x = first(step);
        if (x !== undefined && (step?.attributes['alpha'] ?? 0) === 0 && same(x, b)) {
          // Where x is NaN, so is the rectifier whose gradient this is, and the loss with it.
          const zero = uniform(0);
          const shape = values[x]?.shape ?? [];
          const positive = values.push({ shape, dtype: 'bool' }) - 1;
          const factor = like(x);
          return [
            binary('Greater', x, zero, positive),
            { ...unary('Cast', positive, factor), attributes: { dtype: 'float32' } },
            binary('Multiply', a, factor, out),
          ];
        }
        // c (d x) = (c d) x.
        const [y, d] = operandsOf(made(view, b, 'Multiply'));
        const factor = number(view, a);
        const other = number(view, d);
        if (factor === undefined || other === undefined || y === undefined || !same(y, out)) {
          return [node];
        }
        const product = like(a);
        constants.set(product, { _tag: 'uniform', value: Math.fround(factor * other) });
        return [binary('Multiply', y, product, out)];
      }
      default:
        return [node];
    }
  };

  const nodes = graph.nodes.flatMap(replace);
  return { ...graph, values, constants, nodes };
};

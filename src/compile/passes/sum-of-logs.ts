/**
 * Σ log σ(|x|) as the logarithm of products: a logarithm costs as much as ten multiplications, and
 * factors of at least 1/2 do not underflow in groups of sixteen.
 *
 * It is what a Bernoulli likelihood from logits ends in: Σ (x l − max(l, 0) + log σ(|l|)).
 */
import { sameShape } from '../../../dsl/tensors/shape.js';
import { axesOf } from '../../graph/attributes.js';
import {
  type Graph,
  type GraphNode,
  type Value,
  type ValueId,
  operands,
} from '../../graph/graph.js';

/** The most factors of a product: 2⁻¹⁶ is far from where float32 loses accuracy. */
const MOST_FACTORS = 16;
const LEAST_FACTORS = 4;

/** A sum with one term taken out: `without` is what is left of it, if anything. */
interface Split {
  readonly sign: 1 | -1;
  /** The factors whose logarithm was taken out. */
  readonly factors: ValueId;
  readonly without: ValueId | undefined;
}

const negative = (sign: 1 | -1): 1 | -1 => (sign === 1 ? -1 : 1);

const groupSize = (n: number): number | undefined => {
  for (let g = MOST_FACTORS; g >= LEAST_FACTORS; g -= 1) if (n % g === 0) return g;
  return undefined;
};

/** The same graph with the logarithms of such sums taken of products. */
export const sumOfLogs = (graph: Graph): Graph => {
  const values: Value[] = [...graph.values];
  const maker = new Map(graph.nodes.map((n) => [n.outputs[0] ?? -1, n] as const));
  const uses = new Map<ValueId, number>();
  const count = (id: ValueId): void => void uses.set(id, (uses.get(id) ?? 0) + 1);
  graph.nodes.flatMap(operands).forEach(count);
  graph.outputs.forEach((p) => count(p.id));

  const shapeOf = (id: ValueId): readonly number[] => values[id]?.shape ?? [];
  const made: GraphNode[] = [];
  const add = (
    kernel: string,
    inputs: GraphNode['inputs'],
    shape: readonly number[],
    attributes: GraphNode['attributes'] = {},
  ): ValueId => {
    const out = values.push({ shape, dtype: 'float32' }) - 1;
    made.push({ kernel, inputs, attributes, outputs: [out] });
    return out;
  };

  /** Takes a logarithm out of what is summed; everything on the way is used there only. */
  const split = (id: ValueId, whole: readonly number[]): Split | undefined => {
    const node = maker.get(id);
    if (node === undefined || uses.get(id) !== 1 || !sameShape(shapeOf(id), whole))
      return undefined;
    const [a = -1, b = -1] = operands(node);
    switch (node.kernel) {
      case 'Log': {
        const chance = maker.get(a);
        const bounded =
          chance?.kernel === 'Sigmoid' && maker.get(operands(chance)[0] ?? -1)?.kernel === 'Abs';
        return bounded ? { sign: 1, factors: a, without: undefined } : undefined;
      }
      case 'Neg': {
        const inner = split(a, whole);
        if (inner === undefined) return undefined;
        const { without, sign } = inner;
        return {
          ...inner,
          sign: negative(sign),
          without: without === undefined ? undefined : add('Neg', { x: without }, whole),
        };
      }
      case 'Add':
      case 'Sub': {
        const left = sameShape(shapeOf(b), whole) ? split(a, whole) : undefined;
        if (left !== undefined) {
          const rest =
            left.without === undefined
              ? node.kernel === 'Add'
                ? b
                : add('Neg', { x: b }, whole)
              : add(node.kernel, { a: left.without, b }, whole);
          return { ...left, without: rest };
        }
        const right = sameShape(shapeOf(a), whole) ? split(b, whole) : undefined;
        if (right === undefined) return undefined;
        const { sign, without } = right;
        return {
          ...right,
          sign: node.kernel === 'Add' ? sign : negative(sign),
          without: without === undefined ? a : add(node.kernel, { a, b: without }, whole),
        };
      }
      default:
        return undefined;
    }
  };

  const replace = (node: GraphNode): readonly GraphNode[] => {
    if (node.kernel !== 'Sum') return [node];
    const [x = -1] = operands(node);
    const [out = -1] = node.outputs;
    const whole = shapeOf(x);
    const last = whole.length - 1;
    const n = whole[last] ?? 1;
    const size = groupSize(n);
    const axes = axesOf(node.attributes['axis'] ?? node.attributes['reductionIndices'], whole);
    if (size === undefined || !axes.includes(last)) return [node];
    made.length = 0;
    const found = split(x, whole);
    if (found === undefined) return [node];
    const lead = whole.slice(0, -1);
    const grouped = add('Reshape', { x: found.factors }, [...lead, n / size, size], {
      shape: [...lead, n / size, size],
    });
    const products = add('Prod', { x: grouped }, [...lead, n / size], {
      axis: [last + 1],
      keepDims: false,
    });
    const logs = add('Log', { x: products }, [...lead, n / size]);
    const total = add('Sum', { x: logs }, shapeOf(out), node.attributes);
    const { sign, without } = found;
    const rest =
      without === undefined ? undefined : add('Sum', { x: without }, shapeOf(out), node.attributes);
    const joined: GraphNode =
      rest === undefined
        ? {
            kernel: sign === 1 ? 'Identity' : 'Neg',
            inputs: { x: total },
            attributes: {},
            outputs: [out],
          }
        : {
            kernel: sign === 1 ? 'Add' : 'Sub',
            inputs: { a: rest, b: total },
            attributes: {},
            outputs: [out],
          };
    return [...made, joined];
  };

  return { ...graph, nodes: graph.nodes.flatMap(replace), values };
};

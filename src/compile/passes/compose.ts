/** Graphs one after another. */
import { mapped } from '../../../dsl/records/dictionary.js';
import { type Graph, type Port, type ValueId } from '../../graph/graph.js';
import { simplify } from './simplify.js';

/**
 * The graph that does `first` and then `second`, whose inputs are outputs or inputs of the first by
 * name, or its own. Its outputs are those of `second` and what `keep` names of the first's.
 */
export const compose = (first: Graph, second: Graph, keep: readonly string[]): Graph => {
  const from = new Map<ValueId, ValueId>();
  const outer: Port[] = [...first.inputs];
  const shift = first.values.length;
  for (const { name, id } of second.inputs) {
    const known =
      first.outputs.find((p) => p.name === name) ?? first.inputs.find((p) => p.name === name);
    if (known !== undefined) from.set(id, known.id);
    else outer.push({ name, id: id + shift });
  }
  const moved = (id: ValueId): ValueId => from.get(id) ?? id + shift;
  return simplify({
    values: [...first.values, ...second.values],
    constants: new Map([
      ...first.constants,
      ...[...second.constants].map(([id, c]) => [id + shift, c] as const),
    ]),
    nodes: [
      ...first.nodes,
      ...second.nodes.map((node) => ({
        ...node,
        inputs: mapped(node.inputs, (id) => (typeof id === 'number' ? moved(id) : id.map(moved))),
        outputs: node.outputs.map((id) => id + shift),
      })),
    ],
    inputs: outer,
    outputs: [
      ...second.outputs.map(({ name, id }) => ({ name, id: moved(id) })),
      ...first.outputs.filter(({ name }) => keep.includes(name)),
    ],
  });
};

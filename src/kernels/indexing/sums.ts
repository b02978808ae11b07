/** Numbers added up at places that whole numbers name: how executors write it. Those that name no place are dropped. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { Value } from '../../graph/graph.js';
import { type Block, sum } from '../../code/javascript/block.js';
import type { ElementRule, ElementSite } from '../../code/javascript/element-rule.js';
import { type Index, flatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import type { Builder } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { FEW_TERMS } from '../../code/onnx/long-sums.js';

/** Zeros to which `count` updates are added at their places: in double precision where they are many. */
export const addedAt = (
  b: Builder,
  out: Value,
  where: string,
  updates: string,
  count: number,
): string => {
  const zeros = b.op('Expand', [b.constant(out.dtype, [], [0]), b.ints(out.shape)]);
  const exact = out.dtype === 'float32' && count > FEW_TERMS;
  const wide = (x: string): string => (exact ? cast(b, x, 'float64') : x);
  const sums = b.op('ScatterND', [wide(zeros), where, wide(updates)], {
    reduction: { text: 'add' },
  });
  return exact ? cast(b, sums, 'float32') : sums;
};

/** What is known alike of an element and of all. */
export type SumsSite = Pick<ElementSite, 'read' | 'value' | 'attributes'>;

/** What is added, and where. */
export interface Sums {
  /** The input of whole numbers. */
  readonly ids: string;
  /** What a number at `at` adds, at the place with `rest` behind its own axis. */
  readonly amount: (block: Block, at: readonly Index[], rest: readonly Index[]) => string;
  /** What a sum is stored as. */
  readonly stored?: (total: string) => string;
}

/** Axes that places have left of their own: those of tables that are filled side by side. */
type Tables = (out: Value) => number;

export const sumElement =
  (sumsAt: (site: SumsSite) => Sums, tables: Tables): ElementRule =>
  (site, block, index) => {
    const { ids, amount, stored = (total) => total } = sumsAt(site);
    const [out = { shape: [], dtype: 'float32' }] = site.outs;
    const lead = tables(out);
    const [table, [place = 0, ...rest]] = [index.slice(0, lead), index.slice(lead)];
    const total = block.fold(sum, site.value(ids).shape.slice(lead), (k, b) => {
      const at = [...table, ...k];
      return b.name(`(${site.read(b, ids, at)} === ${place} ? ${amount(b, at, rest)} : 0)`);
    });
    return stored(total);
  };

/** One pass over the numbers: what it costs does not grow with the places. */
export const sumWhole =
  (sumsAt: (site: SumsSite) => Sums, tables: Tables): WholeRule =>
  (site, code) => {
    const { out, doubles, store } = site;
    const { ids, amount, stored = (total) => total } = sumsAt(site);
    const lead = tables(out);
    const [places = 0, ...behind] = out.shape.slice(lead);
    const totals = doubles(sizeOf(out.shape));
    code.lines.push(`${totals}.fill(0);`);
    nest(code, site.value(ids).shape, (at) => {
      const id = site.read(blockIn(code), ids, at);
      code.lines.push(`if (${id} >= 0 && ${id} < ${places}) {`);
      nest(code, behind, (rest) => {
        const x = amount(blockIn(code), at, rest);
        const place = flatten([...at.slice(0, lead), id, ...rest], out.shape);
        code.lines.push(`${totals}[${place}] += ${x};`);
      });
      code.lines.push('}');
    });
    nest(code, [sizeOf(out.shape)], ([i = 0]) => store(i, stored(`${totals}[${i}]`)));
  };

/** Pools and their gradients, element by element; the gradient of a maximum as a whole in loops. */
import { type Block, type Fold, largest, literal, sum } from '../../code/javascript/block.js';
import type { ElementRule, ElementSite } from '../../code/javascript/element-rule.js';
import { type Index, flatten, unflatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import { countIn, inImage, ofWindows, windowsFor } from '../../code/javascript/window-places.js';
import type { Windows } from '../../graph/windows.js';

const apart = (index: readonly Index[]) => ({
  batch: index[0] ?? 0,
  places: index.slice(1, -1),
  channel: index.at(-1) ?? 0,
});

const sizesOf = ({ axes }: Windows): readonly number[] => axes.map(({ window }) => window);

const folded =
  (kernel: string, fold: Fold): ElementRule =>
  (site, block, index) => {
    const windows = windowsFor(kernel, site);
    const { batch, places, channel } = apart(index);
    return block.fold(fold, sizesOf(windows), (tap, b) =>
      inImage(
        windows.axes,
        b,
        places,
        tap,
        (c, at) => site.read(c, 'x', [batch, ...at, channel]),
        literal(Number(fold.start)),
      ),
    );
  };

export const mean =
  (kernel: string): ElementRule =>
  (site, block, index) => {
    const total = folded(kernel, sum)(site, block, index);
    return block.name(
      `(${total} / (${countIn(windowsFor(kernel, site).axes, index.slice(1, -1))}))`,
    );
  };

/** The largest number of each window. */
export const maximum = (kernel: string): ElementRule => folded(kernel, largest);

export const meanGradient =
  (kernel: string): ElementRule =>
  (site, block, index) => {
    const windows = windowsFor(kernel, site);
    const { batch, places, channel } = apart(index);
    return block.fold(sum, sizesOf(windows), (tap, b) =>
      ofWindows(windows.axes, b, places, tap, (c, out) => {
        const dy = site.read(c, 'dy', [batch, ...out, channel]);
        return c.name(`(${dy} / (${countIn(windows.axes, out)}))`);
      }),
    );
  };

/** Which of a window's places has the largest number, by its place among them; −1 where none is above −∞. */
const placeOfLargest = (
  site: ElementSite,
  windows: Windows,
  block: Block,
  [batch, channel]: readonly [Index, Index],
  out: readonly Index[],
): string => {
  const sizes = sizesOf(windows);
  const number = (b: Block, tap: readonly Index[]): string =>
    inImage(
      windows.axes,
      b,
      out,
      tap,
      (c, at) => site.read(c, 'input', [batch, ...at, channel]),
      '(-Infinity)',
    );
  const top = block.fold(largest, sizes, (tap, b) => number(b, tap));
  const isLast = windows.axes.length === 3;
  const place: Fold = {
    start: '-1',
    combine: (so, next) => (isLast ? `Math.max(${so}, ${next})` : `(${so} >= 0 ? ${so} : ${next})`),
  };
  return block.fold(place, sizes, (tap, b) => {
    const x = number(b, tap);
    return b.name(`(${x} === ${top} && ${x} > -Infinity ? ${flatten(tap, sizes)} : -1)`);
  });
};

export const maximumGradient =
  (kernel: string): ElementRule =>
  (site, block, index) => {
    const windows = windowsFor(kernel, site);
    const { batch, places, channel } = apart(index);
    const sizes = sizesOf(windows);
    return block.fold(sum, sizes, (tap, b) =>
      ofWindows(windows.axes, b, places, tap, (c, out) => {
        const place = placeOfLargest(site, windows, c, [batch, channel], out);
        const dy = site.read(c, 'dy', [batch, ...out, channel]);
        return c.name(`(${place} === ${flatten(tap, sizes)} ? ${dy} : 0)`);
      }),
    );
  };

/** Each window is looked at once, and its gradient added where its largest number is. */
export const maximumGradientWhole =
  (kernel: string): WholeRule =>
  (site, code) => {
    const { read, value, out, doubles, store } = site;
    const windows = windowsFor(kernel, { ...site, inputs: ['dy', 'input', 'output'] });
    const { axes } = windows;
    const size = out.shape.reduce((a, b) => a * b, 1);
    const totals = doubles(size);
    code.lines.push(`${totals}.fill(0);`);
    const better = axes.length === 3 ? '>=' : '>';
    nest(code, value('dy').shape, (index) => {
      const { batch, places, channel } = apart(index);
      const [best, found] = [code.fresh('s'), code.fresh('s')];
      code.lines.push(`let ${best} = -Infinity, ${found} = -1;`);
      nest(code, sizesOf(windows), (tap) => {
        const block = blockIn(code);
        const at = inImage(
          axes,
          block,
          places,
          tap,
          (b, place) => b.name(String(flatten([batch, ...place, channel], out.shape))),
          '(-1)',
        );
        const x = code.fresh('v');
        code.lines.push(`if (${at} >= 0) {`);
        code.lines.push(`const ${x} = ${read(blockIn(code), 'input', unflatten(at, out.shape))};`);
        code.lines.push(`if (${x} ${better} ${best}) { ${best} = ${x}; ${found} = ${at}; }`, '}');
      });
      const dy = read(blockIn(code), 'dy', index);
      code.lines.push(`if (${found} >= 0) ${totals}[${found}] += ${dy};`);
    });
    nest(code, [size], ([i = 0]) => store(i, `${totals}[${i}]`));
  };

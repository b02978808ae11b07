/**
 * Convolutions and their gradients, element by element. Where all channels go to all, the products are summed
 * over the channels of the other side; where each goes its own way, channel c has the results c·M … c·M + M − 1.
 */
import type { Block } from '../../code/javascript/block.js';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule, ElementSite } from '../../code/javascript/element-rule.js';
import { type Index, plus, quotient, remainder, times } from '../../code/javascript/indexing.js';
import { inImage, ofWindows, windowsFor } from '../../code/javascript/window-places.js';
import type { Windows } from '../../graph/windows.js';

/** What a kernel's rule knows beside its site: its windows, and images by batch, place and channel. */
interface Convolution {
  readonly windows: Windows;
  readonly sizes: readonly number[];
  readonly image: (
    block: Block,
    input: string,
    batch: Index,
    places: readonly Index[],
    channel: Index,
  ) => string;
  /** An index of an image, apart. */
  readonly apart: (index: readonly Index[]) => {
    readonly batch: Index;
    readonly places: readonly Index[];
    readonly channel: Index;
  };
}

const convolutionAt = (kernel: string, site: ElementSite): Convolution => {
  const windows = windowsFor(kernel, site);
  const { channelsLast, axes } = windows;
  return {
    windows,
    sizes: axes.map(({ window }) => window),
    image: (block, input, batch, places, channel) =>
      site.read(
        block,
        input,
        channelsLast ? [batch, ...places, channel] : [batch, channel, ...places],
      ),
    apart: (index) => {
      const [batch = 0, ...rest] = index;
      const channel = (channelsLast ? rest.at(-1) : rest[0]) ?? 0;
      return { batch, places: channelsLast ? rest.slice(0, -1) : rest.slice(1), channel };
    },
  };
};

/** Results of a channel, where each goes its own way. */
const multiplier = ({ value, attributes }: ElementSite, filter = 'filter'): number => {
  const { filterShape } = attributes;
  const shape = Array.isArray(filterShape) ? filterShape.map(Number) : value(filter).shape;
  return shape.at(-1) ?? 1;
};

/** y[n, o, q] = Σ_t Σ_c x[n, place(o, t), c] f[t, c, q], or without the sum over c. */
export const convolved =
  (kernel: string, depthwise = false): ElementRule =>
  (site, block, index) => {
    const { windows, sizes, image, apart } = convolutionAt(kernel, site);
    const { batch, places, channel } = apart(index);
    const [channels = 1] = site.value('filter').shape.slice(-2);
    return block.fold(sum, sizes, (tap, b) =>
      inImage(windows.axes, b, places, tap, (c, at) => {
        const term = (d: Block, from: Index, to: Index): string =>
          `${image(d, 'x', batch, at, from)} * ${site.read(d, 'filter', [...tap, from, to])}`;
        if (!depthwise) return c.fold(sum, [channels], ([k = 0], d) => term(d, k, channel));
        const m = multiplier(site);
        return c.name(term(c, quotient(channel, m), remainder(channel, m)));
      }),
    );
  };

/** dx[n, i, c] = Σ_t Σ_q dy[n, o, q] f[t, c, q] over the windows o that have i at t. */
export const convolvedByInput =
  (kernel: string, depthwise = false): ElementRule =>
  (site, block, index) => {
    const { windows, sizes, image, apart } = convolutionAt(kernel, site);
    const { batch, places, channel } = apart(index);
    const many = multiplier(site);
    return block.fold(sum, sizes, (tap, b) =>
      ofWindows(windows.axes, b, places, tap, (c, out) =>
        c.fold(sum, [many], ([q = 0], d) => {
          const result = depthwise ? plus(times(channel, many), q) : q;
          const dy = image(d, 'dy', batch, out, result);
          return `${dy} * ${site.read(d, 'filter', [...tap, channel, q])}`;
        }),
      ),
    );
  };

/** df[t, c, q] = Σ_n Σ_o x[n, place(o, t), c] dy[n, o, q]. */
export const convolvedByFilter =
  (kernel: string, depthwise = false): ElementRule =>
  (site, block, index) => {
    const { windows, image } = convolutionAt(kernel, site);
    const { axes, inShape } = windows;
    const tap = index.slice(0, axes.length);
    const [channel = 0, q = 0] = index.slice(axes.length);
    const result = depthwise ? plus(times(channel, multiplier(site)), q) : q;
    const outs = axes.map(({ out }) => out);
    return block.fold(sum, [inShape[0] ?? 1, ...outs], ([batch = 0, ...out], b) =>
      inImage(axes, b, out, tap, (c, at) =>
        c.name(`(${image(c, 'x', batch, at, channel)} * ${image(c, 'dy', batch, out, result)})`),
      ),
    );
  };

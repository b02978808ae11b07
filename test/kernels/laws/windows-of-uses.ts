/** Windows over images, drawn at random: sizes, strides, dilations, and padding in each of its spellings. */
import * as fc from 'fast-check';
import type { Shape } from 'marginalia/tensors';

/** Padding as operations are told it. */
export type Pad = 'same' | 'valid' | number | readonly (readonly [number, number])[];

export interface Placed {
  readonly images: number;
  readonly sizes: Shape;
  readonly channels: readonly [number, number];
  readonly window: Shape;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pad: Pad;
  readonly rounding: 'floor' | 'round' | 'ceil' | undefined;
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const each = <A>(rank: number, one: fc.Arbitrary<A>): fc.Arbitrary<A[]> =>
  fc.array(one, { minLength: rank, maxLength: rank });

const around = fc.tuple(fc.nat(1), fc.nat(1));

/**
 * Windows that reach some of an image of so many axes. In two dimensions padding may be told in numbers, and how
 * the number of windows is rounded with it; windows of padding alone are left out.
 */
export const placed = (
  rank: number,
  { dilates = true }: { readonly dilates?: boolean } = {},
): fc.Arbitrary<Placed> =>
  fc
    .record({
      images: upTo(2),
      sizes: each(rank, fc.integer({ min: 2, max: rank === 2 ? 5 : 4 })),
      channels: fc.tuple(upTo(2), upTo(2)),
      window: each(rank, upTo(rank === 2 ? 3 : 2)),
      strides: each(rank, upTo(2)),
      dilations: each(rank, upTo(2)),
      dilated: dilates ? fc.boolean() : fc.constant(false),
      pad:
        rank === 2
          ? fc.oneof<fc.Arbitrary<Pad>[]>(
              fc.constantFrom<Pad[]>('same', 'valid'),
              fc.tuple(around, around),
              fc.nat(1),
            )
          : fc.constantFrom<Pad[]>('same', 'valid'),
      rounding: fc.constantFrom<Placed['rounding'][]>('floor', 'round', 'ceil', undefined),
    })
    .map(({ dilated, ...c }) => {
      const ones = c.sizes.map(() => 1);
      const most = Math.min(...c.window.map((w) => w - 1));
      const square = typeof c.pad === 'number';
      const named = typeof c.pad === 'string';
      const [side = 1] = c.window;
      const [stride = 1] = c.strides;
      const window = square ? ones.map(() => side) : c.window;
      const strides = dilated ? ones : square ? ones.map(() => stride) : c.strides;
      const dilations = dilated ? c.dilations : ones;
      // Rounded up, the last window may lie in the padding alone.
      const fits = window.every((w, i) => w > (strides[i] ?? 1));
      return {
        ...c,
        window,
        strides,
        dilations,
        pad: square
          ? Math.min(Number(c.pad), side - 1)
          : named
            ? c.pad
            : ones.map((_, i): readonly [number, number] => {
                const [a = 0, b = 0] = Array.isArray(c.pad) ? (c.pad[i] ?? []) : [];
                return [Math.min(a, most), Math.min(b, most)];
              }),
        rounding: named ? undefined : fits ? c.rounding : 'floor',
      };
    })
    // As many places as a window takes, at least.
    .filter(({ sizes, window, dilations }) =>
      sizes.every((n, i) => n >= ((window[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1),
    );

/** Padding in two dimensions, with the axes of images and channels. */
export const padding2d = (
  pad: Pad,
  channelsFirst = false,
):
  | 'same'
  | 'valid'
  | number
  | [[number, number], [number, number], [number, number], [number, number]] => {
  if (typeof pad !== 'object') return pad;
  const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = pad;
  const [high, wide]: [[number, number], [number, number]] = [
    [a, b],
    [c, d],
  ];
  return channelsFirst ? [[0, 0], [0, 0], high, wide] : [[0, 0], high, wide, [0, 0]];
};

export const pairOf = ([a = 1, b = 1]: readonly number[]): [number, number] => [a, b];

export const tripleOf = ([a = 1, b = 1, c = 1]: readonly number[]): [number, number, number] => [
  a,
  b,
  c,
];

/** Loops that put windows of images side by side as rows of a matrix, or add such rows to images. */
import {
  type ImportMemory,
  type Local,
  Module,
  br_if,
  f32,
  f32x4,
  func,
  i32,
  local,
  loop,
  memory as memoryInstructions,
  v128,
} from 'wasmati';
import type { WindowAxis } from '../../graph/windows.js';
import { exported } from './exported.js';
import type { WindowLoops } from './kernel.js';

const NUMBER = 4;
const VECTOR = 16;

/** So many vectors are moved without a loop. */
const STRAIGHT = 32;

/** Vectors in a turn of a loop. */
const TURN = 8;

/** How far the places of a window lie from where a pointer stands, in bytes; nothing for padding. */
type Places = readonly (number | undefined)[];

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** The windows along an axis: `count` from `from` on have no padding, and the others are at the edges. */
const partsOf = ({ size, out, window, stride, dilation, before }: WindowAxis) => {
  const isInside = (o: number): boolean => {
    const first = o * stride - before;
    return first >= 0 && first + (window - 1) * dilation < size;
  };
  const all = upTo(out);
  const inside = all.filter(isInside);
  const [from = out] = inside;
  return { from, count: inside.length, edges: all.filter((o) => !isInside(o)) };
};

/** How many windows are written out: those at the edges, and one that stands for all others. */
export const writtenOut = (axes: readonly WindowAxis[]): number =>
  axes.reduce((n, axis) => n * (partsOf(axis).edges.length + 1), 1);

const repeat = (counter: Local<'i32'>, count: number, body: () => void): void => {
  local.set(counter, count);
  loop({}, (top) => {
    body();
    i32.sub(counter, 1);
    local.tee(counter);
    br_if(top);
  });
};

const move = (pointer: Local<'i32'>, bytes: number): void =>
  local.set(pointer, i32.add(pointer, bytes));

/** Where some numbers lie: at a pointer, and so many bytes on. */
type Place = readonly [Local<'i32'>, number];

/** Moves numbers from one place to another, or adds them to what is there. */
const moved = (
  count: number,
  adds: boolean,
  [from, fromAt]: Place,
  [to, toAt]: Place,
  [p, q, counter]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>],
): void => {
  const vector = (a: Local<'i32'>, b: Local<'i32'>, at: number): void => {
    const target = { offset: toAt + at };
    const place = local.get(b);
    const x = v128.load({ offset: fromAt + at }, a);
    v128.store(target, place, adds ? f32x4.add(x, v128.load(target, b)) : x);
  };
  const whole = Math.floor(count / 4);
  const turns = whole > STRAIGHT ? Math.floor(whole / TURN) : 0;
  if (turns > 0) {
    local.set(p, local.get(from));
    local.set(q, local.get(to));
    repeat(counter, turns, () => {
      for (let k = 0; k < TURN; k += 1) vector(p, q, k * VECTOR);
      move(p, TURN * VECTOR);
      move(q, TURN * VECTOR);
    });
  }
  for (let k = turns * TURN; k < whole; k += 1) vector(from, to, k * VECTOR);
  for (let k = 4 * whole; k < count; k += 1) {
    const target = { offset: toAt + k * NUMBER };
    const place = local.get(to);
    const x = f32.load({ offset: fromAt + k * NUMBER }, from);
    f32.store(target, place, adds ? f32.add(x, f32.load(target, to)) : x);
  }
};

/** Writes zeros. */
const cleared = (count: number, [to, at]: Place): void => {
  const whole = Math.floor(count / 4);
  for (let k = 0; k < whole; k += 1) {
    const place = local.get(to);
    v128.store({ offset: at + k * VECTOR }, place, v128.const('f32x4', [0, 0, 0, 0]));
  }
  for (let k = 4 * whole; k < count; k += 1) {
    const place = local.get(to);
    f32.store({ offset: at + k * NUMBER }, place, f32.const(0));
  }
};

/** The function of some loops over images and rows that begin at these bytes. */
const windowLoop = (
  { axes, images, channels, adds }: WindowLoops,
  imagesAt: number,
  rowsAt: number,
): ReturnType<typeof func<[], [], []>> => {
  /** From one place along each axis to the next, in bytes. */
  const steps = axes.map((_, axis) =>
    axes.slice(axis + 1).reduce((n, { size }) => n * size, NUMBER * channels),
  );
  /** How many numbers of a window have one place along each axis. */
  const inner = axes.map((_, axis) =>
    axes.slice(axis + 1).reduce((n, { window }) => n * window, channels),
  );
  const imageBytes = axes.reduce((n, { size }) => n * size, NUMBER * channels);
  const rowBytes = axes.reduce((n, { window }) => n * window, NUMBER * channels);
  const more = Array.from({ length: 5 + 2 * axes.length }, () => i32);
  return func({ in: [], locals: [i32, ...more], out: [] }, (_, all) => {
    const [image, row = image, counter = image, p = image, q = image, r = image, ...others] = all;
    const [counters, pointers] = [others.slice(0, axes.length), others.slice(axes.length)];

    /** One window, of which these places along each axis are no padding. */
    const written = (pointer: Local<'i32'>, places: readonly Places[]): void => {
      let at = rowsAt;
      const some = (count: number, from?: number): void => {
        const there: Place = [pointer, imagesAt + (from ?? 0)];
        if (from === undefined) {
          if (!adds) cleared(count, [row, at]);
        } else if (adds) moved(count, true, [row, at], there, [p, q, r]);
        else moved(count, false, there, [row, at], [p, q, r]);
        at += count * NUMBER;
      };
      const along = (axis: number, from: number): void => {
        const own = places[axis] ?? [];
        const count = inner[axis] ?? channels;
        for (let t = 0; t < own.length;) {
          const place = own[t];
          let run = 1;
          if (place !== undefined && axis < axes.length - 1) along(axis + 1, from + place);
          else {
            // What lies side by side in both is moved at once.
            while (place !== undefined && own[t + run] === place + run * count * NUMBER) run += 1;
            some(run * count, place === undefined ? undefined : from + place);
          }
          t += run;
        }
      };
      along(0, 0);
      move(row, rowBytes);
    };

    /** All windows along an axis, and within each of them those along the next. */
    const windowsAlong = (axis: number, pointer: Local<'i32'>, places: readonly Places[]): void => {
      const windows = axes[axis];
      const [own, left, step] = [pointers[axis], counters[axis], steps[axis]];
      if (windows === undefined || own === undefined || left === undefined || step === undefined) {
        return written(pointer, places);
      }
      const { size, window, stride, dilation, before } = windows;
      const taps = upTo(window).map((t) => t * dilation);
      const { from, count, edges } = partsOf(windows);
      const atEdge = (o: number): void => {
        const first = o * stride - before;
        const isThere = (t: number): boolean => first + t >= 0 && first + t < size;
        const found = taps.map((t) => (isThere(t) ? (first + t) * step : undefined));
        windowsAlong(axis + 1, pointer, [...places, found]);
      };
      edges.filter((o) => o < from).forEach(atEdge);
      if (count > 0) {
        local.set(own, i32.add(pointer, (from * stride - before) * step));
        repeat(left, count, () => {
          windowsAlong(axis + 1, own, [...places, taps.map((t) => t * step)]);
          move(own, stride * step);
        });
      }
      edges.filter((o) => o > from).forEach(atEdge);
    };

    if (adds) {
      i32.const(imagesAt);
      i32.const(0);
      i32.const(images * imageBytes);
      memoryInstructions.fill();
    }
    repeat(counter, images, () => {
      windowsAlong(0, image, []);
      move(image, imageBytes);
    });
  });
};

/** Functions that run window loops over one memory, made as one module. */
export const windowLoopsOver = async (
  loops: readonly WindowLoops[],
  memory: ImportMemory,
  byteOf: (value: number) => number,
): Promise<ReadonlyMap<WindowLoops, () => void>> => {
  const functions = loops.map((one) => {
    const [from, to] = [byteOf(one.from), byteOf(one.to)];
    return one.adds ? windowLoop(one, to, from) : windowLoop(one, from, to);
  });
  const module = Module({
    exports: Object.fromEntries(functions.map((f, i) => [`loops${i}`, f])),
    memory,
  });
  const { instance } = await module.instantiate();
  return new Map(loops.map((one, i) => [one, exported(instance.exports, `loops${i}`)] as const));
};

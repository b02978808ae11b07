/** Writes a nest of loops over arrays of one memory as a WebAssembly function. */
import {
  type ImportMemory,
  type Local,
  Module,
  type StackVar,
  br_if,
  f32,
  f32x4,
  f64,
  f64x2,
  func,
  i32,
  i8x16,
  local,
  loop,
  v128,
} from 'wasmati';
import { exported } from './exported.js';
import { ruleOf } from './folds.js';
import type { Access, Fold, Kernel } from './kernel.js';
import type { Term } from '../../code/webassembly/terms.js';
import { localsOf, writeTerms } from './write-terms.js';

/** Bytes of a float32, of a double, and of a vector. */
const NUMBER = 4;
const DOUBLE = 8;
const VECTOR = 16;

/** Where the arrays of a kernel begin, in bytes. */
export interface Places {
  readonly array: (access: Access) => number;
  /** Doubles that a fold is gathered in. */
  readonly total: (fold: Fold) => number;
}

/** How much each loop moves a pointer, in bytes, the outermost first. */
type Steps = readonly number[];

/** What each loop adds to a pointer that the loops inside it have moved to their end. */
const stepsOf = (axes: readonly number[], strides: readonly number[], bytes: number): Steps =>
  strides.map((stride, axis) => {
    const inner = axes[axis + 1] ?? 0;
    return bytes * (stride - inner * (strides[axis + 1] ?? 0));
  });

/** Takes the next of some locals. */
const taking = <L>(from: readonly L[]): (() => L) => {
  let taken = 0;
  return () => {
    const next = from[taken];
    if (next === undefined) throw new Error('webassembly: too few locals.');
    taken += 1;
    return next;
  };
};

/** Puts the upper two elements where the lower two were. */
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];

const low = (x: Local<'v128'>): StackVar<'v128'> => f64x2.promote_low_f32x4(x);

const high = (x: Local<'v128'>): StackVar<'v128'> =>
  f64x2.promote_low_f32x4(i8x16.shuffle(UPPER, x, x));

/** Does something `count` times. */
const repeat = (counter: Local<'i32'>, count: number, body: () => void): void => {
  if (count === 0) return;
  if (count === 1) return void body();
  local.set(counter, count);
  loop({}, (top) => {
    body();
    i32.sub(counter, 1);
    local.tee(counter);
    br_if(top);
  });
};

/** One pointer for all accesses that move alike. */
interface Pointers {
  readonly at: (access: Access, bytes: number) => Local<'i32'>;
  /** Moves all pointers along an axis. */
  readonly move: (axis: number, times: number) => void;
}

const pointersOf = (
  { axes, loads, stores, folds }: Kernel,
  fresh: () => Local<'i32'>,
): Pointers => {
  const known = new Map<string, { readonly pointer: Local<'i32'>; readonly steps: Steps }>();
  const at = ({ strides }: Access, bytes: number): Local<'i32'> => {
    const steps = stepsOf(axes, strides, bytes);
    const found = known.get(steps.join()) ?? { pointer: fresh(), steps };
    known.set(steps.join(), found);
    return found.pointer;
  };
  for (const access of [...loads, ...stores]) at(access, NUMBER);
  for (const fold of folds) at(fold, DOUBLE);
  return {
    at,
    move: (axis, times) => {
      for (const { pointer, steps } of known.values()) {
        const step = times * (steps[axis] ?? 0);
        if (step !== 0) local.set(pointer, i32.add(pointer, step));
      }
    },
  };
};

/** What loops over the results of a fold: before there is anything in them, and when all is. */
const overResults = (
  { results }: Fold,
  [at, to, counter]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>],
  body: () => void,
): void => {
  local.set(at, 0);
  local.set(to, 0);
  repeat(counter, results, () => {
    body();
    local.set(at, i32.add(at, DOUBLE));
    local.set(to, i32.add(to, NUMBER));
  });
};

/** The function that runs a kernel over the memory in which its arrays lie. */
const nestOf = (kernel: Kernel, places: Places): ReturnType<typeof func<[], [], []>> => {
  const { axes, entries, loads, stores, folds } = kernel;
  const inner = axes.length - 1;
  const roots = [...new Set([...stores, ...folds].map(({ term }) => term))];
  const isRow = (access: Access): boolean => (access.strides[inner] ?? 0) === 0;
  const rows = loads.filter(isRow);
  const rowFolds = folds.filter(isRow);
  const pointers = loads.length + folds.length + 1 + axes.length + 3;
  const vectors = 2 * localsOf(entries, roots) + rows.length + 2 * rowFolds.length;
  const more = [
    ...Array.from({ length: pointers }, () => i32),
    ...Array.from({ length: vectors }, () => v128),
  ];
  return func({ in: [], locals: [i32, ...more], out: [] }, (_, all) => {
    const numbers = all.filter((l): l is Local<'i32'> => l.type === 'i32');
    const others = all.filter((l): l is Local<'v128'> => l.type === 'v128');
    const freshNumber = taking(numbers);
    const freshVector = taking(others);
    const [at, to, counter] = [freshNumber(), freshNumber(), freshNumber()];
    const counters = axes.map(freshNumber);
    const pointer = pointersOf(kernel, freshNumber);
    const spread = new Map(rows.map((row) => [row, freshVector()] as const));
    const totals = new Map(
      rowFolds.map((fold) => [fold, [freshVector(), freshVector()] as const] as const),
    );
    const twice = (x: number): StackVar<'v128'> => v128.const('f64x2', [x, x]);

    /** The elements at which the pointers stand: four, or one. */
    const element = (lanes: 1 | 4): void => {
      const load = (place: number): StackVar<'v128'> => {
        const access = loads[place];
        if (access === undefined) throw new Error(`webassembly: no place ${place}.`);
        const before = spread.get(access);
        if (before !== undefined) return local.get(before);
        const from = { offset: places.array(access) };
        return lanes === 4
          ? v128.load(from, pointer.at(access, NUMBER))
          : v128.load32_zero(from, pointer.at(access, NUMBER));
      };
      const values = writeTerms(entries, roots, { load, fresh: freshVector });
      const valueOf = (term: Term): Local<'v128'> => {
        const value = values.get(term);
        if (value === undefined) throw new Error('webassembly: a term without a value.');
        return value;
      };
      for (const store of stores) {
        const offset = places.array(store);
        const into = pointer.at(store, NUMBER);
        if (lanes === 4) v128.store({ offset }, into, valueOf(store.term));
        else f32.store({ offset }, into, f32x4.extract_lane(0, valueOf(store.term)));
      }
      for (const fold of folds) {
        const { vectors: combine, numbers: combineOne, start } = ruleOf(fold.kernel);
        const x = valueOf(fold.term);
        const total = totals.get(fold);
        const offset = places.total(fold);
        const into = pointer.at(fold, DOUBLE);
        if (total !== undefined) {
          const [first, second] = total;
          if (lanes === 4) {
            local.set(first, combine(local.get(first), low(x)));
            local.set(second, combine(local.get(second), high(x)));
          } else {
            // The other lanes hold what the formula makes of zeros.
            const before = local.get(first);
            const one = f64x2.replace_lane(1, low(x), f64.const(start));
            local.set(first, combine(before, one));
          }
        } else if (lanes === 4) {
          for (const [part, half] of [low, high].entries()) {
            const place = { offset: offset + part * VECTOR };
            const address = local.get(into);
            v128.store(place, address, combine(v128.load(place, into), half(x)));
          }
        } else {
          const address = local.get(into);
          const one = f64.promote_f32(f32x4.extract_lane(0, x));
          f64.store({ offset }, address, combineOne(f64.load({ offset }, into), one));
        }
      }
    };

    const row = (): void => {
      for (const [access, into] of spread) {
        const from = { offset: places.array(access) };
        local.set(into, v128.load32_splat(from, pointer.at(access, NUMBER)));
      }
      for (const [fold, [first, second]] of totals) {
        local.set(first, twice(ruleOf(fold.kernel).start));
        local.set(second, twice(ruleOf(fold.kernel).start));
      }
      const n = axes[inner];
      const along = counters[inner] ?? counter;
      if (n === undefined) element(1);
      else {
        repeat(along, Math.floor(n / 4), () => {
          element(4);
          pointer.move(inner, 4);
        });
        repeat(along, n % 4, () => {
          element(1);
          pointer.move(inner, 1);
        });
      }
      for (const [fold, [first, second]] of totals) {
        const { vectors: combine, numbers: combineOne } = ruleOf(fold.kernel);
        const offset = places.total(fold);
        const into = pointer.at(fold, DOUBLE);
        local.set(first, combine(local.get(first), local.get(second)));
        const address = local.get(into);
        const so = f64.load({ offset }, into);
        const next = combineOne(so, f64x2.extract_lane(0, first));
        f64.store({ offset }, address, combineOne(next, f64x2.extract_lane(1, first)));
      }
    };

    const along = (axis: number): void => {
      const n = axes[axis];
      const count = counters[axis];
      if (axis >= inner || n === undefined || count === undefined) return row();
      repeat(count, n, () => {
        along(axis + 1);
        pointer.move(axis, 1);
      });
    };

    for (const fold of folds) {
      const offset = places.total(fold);
      overResults(fold, [at, to, counter], () =>
        f64.store({ offset }, at, ruleOf(fold.kernel).start),
      );
    }
    along(0);
    for (const fold of folds) {
      const offset = places.array(fold);
      overResults(fold, [at, to, counter], () => {
        const address = local.get(to);
        const total = f64.load({ offset: places.total(fold) }, at);
        const result = fold.kernel === 'Mean' ? f64.div(total, fold.count) : total;
        f32.store({ offset }, address, f32.demote_f64(result));
      });
    }
  });
};

/** Functions that run kernels over one memory, made as one module. */
export const nestsOver = async (
  kernels: readonly Kernel[],
  memory: ImportMemory,
  byteOf: (value: number) => number,
  totals: number,
): Promise<ReadonlyMap<Kernel, () => void>> => {
  const nests = kernels.map((kernel) => {
    let end = totals;
    const totalOf = new Map(
      kernel.folds.map((fold) => {
        const at = end;
        end += fold.results * DOUBLE;
        return [fold, at] as const;
      }),
    );
    const total = (fold: Fold): number => {
      const at = totalOf.get(fold);
      if (at === undefined) throw new Error(`webassembly: the ${fold.kernel} has no total.`);
      return at;
    };
    return nestOf(kernel, { array: ({ value }) => byteOf(value), total });
  });
  const module = Module({
    exports: Object.fromEntries(nests.map((nest, i) => [`nest${i}`, nest])),
    memory,
  });
  const { instance } = await module.instantiate();
  return new Map(
    kernels.map((kernel, i) => [kernel, exported(instance.exports, `nest${i}`)] as const),
  );
};

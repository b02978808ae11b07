/**
 * Many blocks of Threefry-2x32 at once, as WebAssembly SIMD: eight counters side by side.
 *
 * Law: the words are those of `threefryBlock`, bit for bit.
 */
import {
  type Input,
  type Local,
  Module,
  type StackVar,
  br_if,
  f32x4,
  f64x2,
  func,
  i32,
  i32x4,
  i8x16,
  importMemory,
  local,
  loop,
  v128,
} from 'wasmati';
import { BELOW_ONE } from './unit.js';

/** What a host gives of the global; the types of the language alone have none of it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** Numbers that a call makes at most: their 32 KiB stay in the nearest cache. */
export const STRETCH = 8192;

/** Blocks of a turn of the loop: four vectors, because each waits for itself in every round. */
const TURN = 16;

/** The parity constant of the key schedule, as in `threefry.ts`. */
const PARITY = 0x1bd11bda;

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** How a vector of first words and one of second words are put in the order of a stream. */
const INTERLEAVED = [
  [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23],
  [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31],
] as const;
/** The upper half of a vector, and two lower halves side by side. */
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOWERS = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

type Vector = Local<'v128'>;

/** Both words of a vector of blocks. */
type Halves = readonly [Vector, Vector];

const spread = (n: number): StackVar<'v128'> => v128.const('i32x4', [n, n, n, n]);

const inject = (blocks: readonly Halves[], keys: readonly Vector[], turn: number): void => {
  const [ka, kb] = [keys[turn % 3], keys[(turn + 1) % 3]];
  if (ka === undefined || kb === undefined) return;
  for (const [a, b] of blocks) {
    local.set(a, i32x4.add(a, ka));
    local.set(b, i32x4.add(i32x4.add(b, kb), spread(turn)));
  }
};

const twentyRounds = (blocks: readonly Halves[], keys: readonly Vector[]): void => {
  inject(blocks, keys, 0);
  for (let turn = 1; turn <= 5; turn += 1) {
    for (const by of ROTATIONS[(turn + 1) % 2] ?? []) {
      for (const [a, b] of blocks) {
        local.set(a, i32x4.add(a, b));
        local.set(b, v128.xor(v128.or(i32x4.shl(b, by), i32x4.shr_u(b, 32 - by)), a));
      }
    }
    inject(blocks, keys, turn);
  }
};

/** (w + ½) / 2³² of two words, in double precision. */
const units = (words: Input<'v128'>): StackVar<'v128'> =>
  f64x2.mul(
    f64x2.add(f64x2.convert_low_i32x4_u(words), v128.const('f64x2', [0.5, 0.5])),
    v128.const('f64x2', [2 ** -32, 2 ** -32]),
  );

/** The uniforms of four words, rounded once. */
const uniformsOf = (words: Vector): StackVar<'v128'> =>
  f32x4.min(
    i8x16.shuffle(
      LOWERS,
      f32x4.demote_f64x2_zero(units(words)),
      f32x4.demote_f64x2_zero(units(i8x16.shuffle(UPPER, words, words))),
    ),
    v128.const('f32x4', [BELOW_ONE, BELOW_ONE, BELOW_ONE, BELOW_ONE]),
  );

/** 1 where the uniforms of four words are below the probabilities of a vector, and 0 elsewhere. */
const bitsOf = (words: Vector, loadProbs: () => StackVar<'v128'>): StackVar<'v128'> =>
  v128.and(f32x4.lt(uniformsOf(words), loadProbs()), v128.const('f32x4', [1, 1, 1, 1]));

/**
 * The key, the counter of the first block, and how many bytes: whole turns are written from 0 on.
 * `finish` is told four words and what loads the vector that will be written over.
 */
const emit = (finish: (words: Vector, load: () => StackVar<'v128'>) => Input<'v128'>) =>
  func(
    {
      in: [i32, i32, i32, i32, i32],
      locals: [i32, v128, v128, v128, v128, v128, v128, v128, v128, v128, v128, v128, v128, v128],
      out: [],
    },
    (
      [k0, k1, first, stream, bytes],
      [at, key0, key1, key2, counter, words, a0, b0, a1, b1, a2, b2, a3, b3],
    ) => {
      const blocks: readonly Halves[] = [
        [a0, b0],
        [a1, b1],
        [a2, b2],
        [a3, b3],
      ];
      local.set(key0, i32x4.splat(k0));
      local.set(key1, i32x4.splat(k1));
      local.set(key2, i32x4.splat(i32.xor(i32.xor(k0, k1), PARITY)));
      local.set(counter, i32x4.add(i32x4.splat(first), v128.const('i32x4', [0, 1, 2, 3])));
      local.set(at, 0);
      loop({}, (top) => {
        blocks.forEach(([a, b], i) => {
          local.set(a, i32x4.add(counter, spread(4 * i)));
          local.set(b, i32x4.splat(stream));
        });
        twentyRounds(blocks, [key0, key1, key2]);
        blocks.forEach(([x, y], i) => {
          INTERLEAVED.forEach((lanes, half) => {
            local.set(words, i8x16.shuffle([...lanes], x, y));
            const place = { offset: 32 * i + 16 * half };
            v128.store(
              place,
              at,
              finish(words, () => v128.load(place, at)),
            );
          });
        });
        local.set(counter, i32x4.add(counter, spread(TURN)));
        i32.add(at, 8 * TURN);
        local.tee(at);
        local.get(bytes);
        i32.lt_u();
        br_if(top);
      });
    },
  );

/** Some numbers of a stream at a time, in memory that the next call uses again. */
export interface Stretch<A> {
  /** Its first numbers are those of the last call. */
  readonly numbers: A;
  /** Makes `count` numbers, `STRETCH` at most, from an even place in the stream of a key (k0, k1) on. */
  readonly fill: (k0: number, k1: number, stream: number, from: number, count: number) => void;
}

export interface ThreefryStreams {
  /** The words themselves. */
  readonly words: Stretch<Uint32Array>;
  /** Each word as a number between 0 and 1, as float32. */
  readonly uniforms: Stretch<Float32Array>;
  /** Where such a number is below the probability that lies in its place, 1, and 0 elsewhere. */
  readonly bits: Stretch<Float32Array>;
}

const assemble = (): ThreefryStreams => {
  const memory = importMemory({ min: 1, max: 1 });
  const module = Module({
    exports: {
      words: emit((words) => words),
      uniforms: emit(uniformsOf),
      bits: emit(bitsOf),
    },
    memory,
  });
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(module.toBytes().slice()),
    module.importMap,
  );
  const buffer: ArrayBuffer = memory.value.buffer;
  const stretch = <A>(name: string, numbers: A): Stretch<A> => {
    const f = exports[name];
    if (typeof f !== 'function') throw new Error(`threefry: the module has no '${name}'.`);
    return {
      numbers,
      fill: (k0, k1, stream, from, count) => void f(k0, k1, from / 2, stream, 4 * count),
    };
  };
  return {
    words: stretch('words', new Uint32Array(buffer, 0, STRETCH)),
    uniforms: stretch('uniforms', new Float32Array(buffer, 0, STRETCH)),
    bits: stretch('bits', new Float32Array(buffer, 0, STRETCH)),
  };
};

const assembled: { streams?: ThreefryStreams } = {};

/**
 * The streams, assembled when they are first asked for, which takes some 20 milliseconds. Their
 * memory is scratch: no draw depends on what is in it.
 */
export const threefryStreams = (): ThreefryStreams => (assembled.streams ??= assemble());

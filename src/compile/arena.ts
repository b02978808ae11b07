/**
 * Named arrays as views of one memory, so that generated code, WebAssembly and ONNX Runtime work on
 * the same numbers and none copies them for another.
 */
import { type ImportMemory, importMemory } from 'wasmati';
import { sizeOf } from '../../dsl/tensors/shape.js';
import { type DType, type Graph, type Port, valueAt } from '../graph/graph.js';
import { SMALLER, availableBytes, showBytes } from './memory.js';
import { RecordingError } from './recording/recorder.js';

/** The numbers of a value, flat and row-major. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** An array of zeros for numbers of a type. */
export const emptyArray = (dtype: DType, size: number): Values => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size);
    case 'int32':
      return new Int32Array(size);
    case 'bool':
      return new Uint8Array(size);
  }
};

/** A number that is not the one given: where it is still there, nothing was written. */
export const otherThan = (x: number): number => (x === 1 ? 0 : 1);

/** Flat numbers by name. */
export type Arrays = Readonly<Record<string, Values>>;

/** An array to be laid out. */
export interface Slot {
  readonly name: string;
  readonly size: number;
  readonly dtype: DType;
}

/** The array of a graph's port. */
export const slotOf = (graph: Graph, { name, id }: Port): Slot => {
  const { shape, dtype } = valueAt(graph, id);
  return { name, size: sizeOf(shape), dtype };
};

export interface Arena {
  /** The memory, as WebAssembly code declares it. */
  readonly memory: ImportMemory;
  readonly buffer: ArrayBuffer;
  readonly arrays: Arrays;
}

/** What SIMD loads are fastest at, in bytes. */
const ALIGNMENT = 16;

const PAGE = 65536;

/** From so many bytes on the machine is asked. */
const LARGE = 2 ** 26;

/** What a 32-bit address reaches. */
const MOST_PAGES = 65536;

const bytesOf = ({ size, dtype }: Slot): number =>
  dtype === 'bool' ? Math.ceil(size / 4) * 4 : size * 4;

const view = (buffer: ArrayBuffer, at: number, { size, dtype }: Slot): Values => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, at, size);
    case 'int32':
      return new Int32Array(buffer, at, size);
    case 'bool':
      return new Uint8Array(buffer, at, size);
  }
};

/**
 * Lays out arrays, all zero. The slots of a region lie side by side without a gap, so that one loop
 * can run over them; regions are aligned, and padded by zeros to whole vectors of four.
 */
export const arenaOf = (regions: readonly (readonly Slot[])[]): Arena => {
  let end = 0;
  const places = regions.flatMap((region) => {
    const placed = region.map((slot) => {
      const at = end;
      end += bytesOf(slot);
      return { slot, at };
    });
    end = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    return placed;
  });
  if (end > MOST_PAGES * PAGE) {
    throw new RecordingError(
      `its arrays take ${showBytes(end)}, and 4 GiB is the most; ${SMALLER}.`,
    );
  }
  if (end > LARGE && end > availableBytes()) {
    throw new RecordingError(
      `its arrays take ${showBytes(end)}, and ${showBytes(availableBytes())} are left; ${SMALLER}.`,
    );
  }
  const memory = importMemory({ min: Math.max(1, Math.ceil(end / PAGE)) });
  const buffer: ArrayBuffer = memory.value.buffer;
  return {
    memory,
    buffer,
    arrays: Object.fromEntries(places.map(({ slot, at }) => [slot.name, view(buffer, at, slot)])),
  };
};

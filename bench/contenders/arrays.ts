/** Arrays of numbers by name, and their form on the way to another process. */
import * as t from 'io-ts';

/** Numbers with a shape, row-major. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export type NumberArrays = Readonly<Record<string, NumberArray>>;

/** A `NumberArray` as JSON: little-endian 32-bit numbers in base 64. */
export const Packed = t.type({
  shape: t.readonlyArray(t.number),
  type: t.keyof({ float32: null, int32: null }),
  base64: t.string,
});

export type Packed = t.TypeOf<typeof Packed>;

export const pack = ({ shape, values }: NumberArray): Packed => ({
  shape,
  type: values instanceof Int32Array ? 'int32' : 'float32',
  base64: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
});

export const unpack = ({ shape, type, base64 }: Packed): NumberArray => {
  // Copied, because Node's small buffers share memory and start anywhere in it.
  const { buffer } = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { shape, values: type === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer) };
};

/** What a record has under a name, which it must have. */
export const at = <A>(named: Readonly<Record<string, A>>, name: string): A => {
  const found = named[name];
  if (found === undefined) {
    throw new Error(`expected '${name}', but there are ${Object.keys(named).join(', ')}.`);
  }
  return found;
};

/** The record with every entry changed. */
export const mapNamed = <A, B>(
  named: Readonly<Record<string, A>>,
  f: (a: A, name: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(named).map(([name, a]) => [name, f(a, name)]));

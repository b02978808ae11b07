/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, then raw tensors.
 * Source: huggingface/safetensors, README, section "Format". Any of its readers opens these files.
 */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';

/** A float32 tensor as plain data. */
export interface RawTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Named tensors with text beside them. */
export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, RawTensor>>;
}

const Entry = t.type({
  dtype: t.literal('F32'),
  shape: t.array(t.Int),
  data_offsets: t.tuple([t.Int, t.Int]),
});

const Metadata = t.record(t.string, t.string);

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;

/** The bytes of a file with these tensors. Metadata is text; tensors keep their order. */
export const encodeTensors = ({ metadata, tensors }: TensorFile): Uint8Array => {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    const from = at;
    at += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [from, at] }] as const;
  });
  const json = JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json);
  // The data must start at a multiple of eight; the format allows spaces at the header's end.
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text);
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  entries.forEach(
    ([
      name,
      {
        data_offsets: [from],
      },
    ]) => {
      const values = tensors[name]?.values ?? new Float32Array();
      const view = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      bytes.set(view, LENGTH_BYTES + header.length + from);
    },
  );
  return bytes;
};

const parseJson = (text: string): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => 'its header is not JSON',
  );

const sliceTensor = (
  name: string,
  entry: t.TypeOf<typeof Entry>,
  data: Uint8Array,
): E.Either<string, readonly [string, RawTensor]> => {
  const [from, to] = entry.data_offsets;
  const count = entry.shape.reduce((a, b) => a * b, 1);
  if (from < 0 || to > data.length || to - from !== count * 4) {
    return E.left(`tensor '${name}' lies outside the file or has another size than its shape`);
  }
  // A copy, because the part may start at an address that no float can; `slice` of a Node buffer
  // would be a view.
  const values = new Float32Array(new Uint8Array(data.subarray(from, to)).buffer);
  return E.right([name, { shape: entry.shape, values }]);
};

/** Reads such a file; the left says what is wrong with it. */
export const decodeTensors = (bytes: Uint8Array): E.Either<string, TensorFile> => {
  if (bytes.length < LENGTH_BYTES) return E.left(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(bytes.length - LENGTH_BYTES)) return E.left('it is cut off in its header');
  const end = LENGTH_BYTES + Number(length);
  const data = bytes.subarray(end);
  return pipe(
    parseJson(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end))),
    E.chain((json) =>
      pipe(
        t.record(t.string, t.unknown).decode(json),
        E.mapLeft(() => 'its header is not an object'),
      ),
    ),
    E.chain(({ [METADATA]: metadata = {}, ...entries }) =>
      pipe(
        Metadata.decode(metadata),
        E.mapLeft(() => 'its metadata is not text by name'),
        E.chain((texts) =>
          pipe(
            Object.entries(entries),
            E.traverseArray(([name, entry]) =>
              pipe(
                Entry.decode(entry),
                E.mapLeft(() => `the entry of tensor '${name}' is not a float32 tensor`),
                E.chain((e) => sliceTensor(name, e, data)),
              ),
            ),
            E.map((tensors) => ({ metadata: texts, tensors: Object.fromEntries(tensors) })),
          ),
        ),
      ),
    ),
  );
};

/**
 * The header of the safetensors format: an 8-byte little-endian length and a JSON object, which says what
 * the float32 numbers after it are. Any reader of the format opens these files.
 *
 * Law: what decodes encodes to the same bytes. So a header that this program would not write is refused:
 * one that names something twice, tensors that overlap or leave gaps, numbers in another form.
 *
 * Source: huggingface/safetensors, README, section "Format".
 */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { excerpt } from '../files/excerpt.js';

/** What a file holds beside the numbers, which follow one another in the order of the shapes. */
export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

export const LENGTH_BYTES = 8;

/** The most that the format's own readers take, in bytes. */
const MOST_HEADER = 100_000_000;

const METADATA = '__metadata__';

/** The bytes of a float32 tensor. */
export const bytesOf = (shape: readonly number[]): number => shape.reduce((n, axis) => n * axis, 4);

/** The bytes of all tensors. */
export const dataBytes = ({ shapes }: Header): number =>
  [...shapes.values()].reduce((sum, shape) => sum + bytesOf(shape), 0);

const jsonOf = (entries: Iterable<readonly [string, unknown]>): string =>
  `{${[...entries].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

const textOf = ({ metadata, shapes }: Header): string => {
  let at = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const from = at;
    at += bytesOf(shape);
    return [name, { dtype: 'F32', shape, data_offsets: [from, at] }] as const;
  });
  const first = `${JSON.stringify(METADATA)}:${jsonOf(metadata)}`;
  return entries.length === 0 ? `{${first}}` : `{${first},${jsonOf(entries).slice(1)}`;
};

/** The bytes of a header, its length first. Metadata and tensors keep their order. */
export const encodeHeader = (header: Header): Uint8Array => {
  const text = new TextEncoder().encode(textOf(header));
  // The numbers must start at a multiple of eight; the format allows spaces at the header's end.
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
};

/** The length of a header from its first bytes, none where it is longer than any. */
export const headerLength = (start: Uint8Array): number | undefined => {
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  return length <= BigInt(MOST_HEADER) ? Number(length) : undefined;
};

const Axis = t.refinement(t.Int, (n) => n >= 0, 'axis');

const Entry = t.type({
  dtype: t.literal('F32'),
  shape: t.array(Axis),
  data_offsets: t.tuple([t.Int, t.Int]),
});

const parsed = (bytes: Uint8Array): E.Either<string, object> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
      () => 'its header is not JSON',
    ),
    E.filterOrElse(
      (json): json is object => typeof json === 'object' && json !== null && !Array.isArray(json),
      () => 'its header is not an object',
    ),
  );

const metadataOf = (json: unknown): E.Either<string, Header['metadata']> => {
  const reason = E.left('its metadata is not text by name');
  if (typeof json !== 'object' || json === null) return reason;
  const metadata = new Map<string, string>();
  for (const [name, text] of Object.entries<unknown>({ ...json })) {
    if (typeof text !== 'string') return reason;
    metadata.set(name, text);
  }
  return E.right(metadata);
};

const shapesOf = (
  entries: readonly (readonly [string, unknown])[],
): E.Either<string, Header['shapes']> => {
  const shapes = new Map<string, readonly number[]>();
  let at = 0;
  for (const [name, json] of entries) {
    const entry = Entry.decode(json);
    const which = `tensor '${excerpt(name)}'`;
    if (E.isLeft(entry)) return E.left(`the entry of ${which} is not that of a float32 tensor`);
    const { shape, data_offsets } = entry.right;
    const [from, to] = data_offsets;
    if (from !== at) return E.left(`${which} does not start where the one before it ends`);
    at += bytesOf(shape);
    if (to !== at) return E.left(`${which} has another size than its shape`);
    shapes.set(name, shape);
  }
  return E.right(shapes);
};

/** Reads the bytes of a header, its length among them; the left says what is wrong with it. */
export const decodeHeader = (bytes: Uint8Array): E.Either<string, Header> =>
  pipe(
    parsed(bytes.subarray(LENGTH_BYTES)),
    E.chain((json) => {
      const entries = Object.entries<unknown>({ ...json });
      return pipe(
        metadataOf(entries.find(([name]) => name === METADATA)?.[1] ?? {}),
        E.bindTo('metadata'),
        E.bind('shapes', () => shapesOf(entries.filter(([name]) => name !== METADATA))),
      );
    }),
    E.filterOrElse(
      (header) => Buffer.compare(encodeHeader(header), bytes) === 0,
      () => 'its header names something twice, or is not in the form that this program writes',
    ),
  );

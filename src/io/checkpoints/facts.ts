/** What a checkpoint says beside its tensors: format, step, key, supports, and the caller's notes. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { mapped } from '../../../dsl/records/dictionary.js';
import type { HeldOutLoss, SviState } from '../../inference/svi-state.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import type { Key } from '../../random/index.js';
import { excerpt } from '../files/excerpt.js';
import type { Header } from './safetensors.js';

const FORMAT = 'marginalia-svi-2';

/** What a checkpoint holds beside the state: the caller's own text by name. */
export type Notes = Readonly<Record<string, string>>;

export interface Facts {
  readonly step: number;
  readonly key: Key;
  /** The support of each parameter, in words: the numbers of a file are images of others in it. */
  readonly supports: Notes;
  readonly notes: Notes;
  readonly heldOut: readonly HeldOutLoss[];
}

/** The facts of a state. */
export const factsOf = ({ step, key, supports, heldOut = [] }: SviState, notes: Notes): Facts => ({
  step,
  key,
  supports: mapped(supports, (s) => s.name),
  notes,
  heldOut,
});

/** A number as JSON can hold it. */
const asJson = (x: number): number | string => (Number.isFinite(x) ? x : String(x));

/** The facts as text by name. */
export const metadataOf = ({ step, key, supports, notes, heldOut }: Facts): Header['metadata'] =>
  new Map([
    ['format', FORMAT],
    ['step', String(step)],
    ['key', JSON.stringify(key)],
    ...(heldOut.length === 0
      ? []
      : [['held-out', JSON.stringify(heldOut.map((l) => [l.step, asJson(l.loss)]))] as const]),
    ...Object.entries(putUnder('support', supports)),
    ...Object.entries(putUnder('note', notes)),
  ]);

const stepFrom = (text: string): E.Either<string, number> =>
  /^(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text))
    ? E.right(Number(text))
    : E.left(`its step is '${excerpt(text)}', which is no whole number from 0 to 2^53 - 1`);

const WORD = '(0|[1-9]\\d{0,9})';
const KEY = new RegExp(`^\\[${WORD},${WORD}\\]$`);

const keyFrom = (text: string): E.Either<string, Key> => {
  const [, high, low] = KEY.exec(text) ?? [];
  const words: Key = [Number(high), Number(low)];
  return words.every((word) => word < 2 ** 32)
    ? E.right(words)
    : E.left(`its key is '${excerpt(text)}', which is no pair of whole numbers below 2^32`);
};

const notFinite = t.keyof({ NaN: null, Infinity: null, '-Infinity': null });
const losses = t.array(t.tuple([t.number, t.union([t.number, notFinite])]));

const heldOutFrom = (text: string): E.Either<string, Facts['heldOut']> => {
  const read = pipe(
    E.tryCatch((): unknown => JSON.parse(text), String),
    E.chainW(losses.decode),
  );
  return E.isLeft(read)
    ? E.left(`its held-out losses are '${excerpt(text)}', which are no pairs of a step and a loss`)
    : E.right(read.right.map(([step, loss]) => ({ step, loss: Number(loss) })));
};

/** The facts in a header; the left says what is wrong with them. */
export const factsFrom = ({ metadata }: Header): E.Either<string, Facts> => {
  const texts = Object.fromEntries(metadata);
  const format = metadata.get('format');
  if (format !== FORMAT) {
    const came = format === undefined ? 'no format' : `the format '${excerpt(format)}'`;
    return E.left(`it has ${came} where this program writes '${FORMAT}'`);
  }
  const step = stepFrom(metadata.get('step') ?? '');
  if (E.isLeft(step)) return step;
  const key = keyFrom(metadata.get('key') ?? '');
  if (E.isLeft(key)) return key;
  const heldOut = heldOutFrom(metadata.get('held-out') ?? '[]');
  if (E.isLeft(heldOut)) return heldOut;
  return E.right({
    heldOut: heldOut.right,
    step: step.right,
    key: key.right,
    supports: takeUnder('support', texts),
    notes: takeUnder('note', texts),
  });
};

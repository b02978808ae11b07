/**
 * Sites whose terms go by the place of a row in its batch, and not by the row: with the rows in reverse
 * they are not the same terms in reverse. A constant or a parameter for each place does that.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { overPlates, siteLogProb } from '../interpreters/score-record.js';
import type { NoiseSource } from '../random/noise-source.js';
import type { PlacedSite, Role } from './examination.js';
import { type Programs, runBoth } from './programs.js';

/** Backends add rows up in other orders. */
const TOLERANCE = 1e-4;
/** How far parameters are moved apart, so that each place has its own. */
const APART = 0.1;

/** The same noise for every element: a draw then tells places apart by its law alone. */
const still: NoiseSource = (_site, _block, noise, batch) =>
  tf.fill([...batch, ...noise.shape], noise.law === 'uniform' ? 0.5 : 0);

/** Programs whose parameters have other values at every place. */
const movedApart = (programs: Programs): Programs => ({
  ...programs,
  parameter: (i) => {
    const stored = programs.parameter(i);
    const steps = tf.sin(tf.range(1, stored.size + 1, 1, 'float32'));
    return tf.add(stored, tf.mul(tf.reshape(steps, stored.shape), APART));
  },
});

/** TensorFlow.js moves numbers, and not every backend truths. */
const rearranged =
  (rearrange: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    x.dtype === 'bool' ? tf.cast(rearrange(tf.cast(x, 'int32')), 'bool') : rearrange(x);

/** A tensor of a batch with its rows in reverse. */
export const inReverse = rearranged((x) => tf.reverse(x, 0));

/** A tensor of a batch with its first row in place of every row. */
export const ofOneRow = rearranged((x) => tf.gather(x, tf.zeros([x.shape[0] ?? 1], 'int32')));

/** A term along a plate: one number for each element of everything around it. */
interface PlateTerm {
  readonly role: Role;
  readonly site: string;
  readonly plate: string;
  readonly value: Tensor;
  readonly axis: number;
}

const termsOf = (programs: Programs, plates: readonly string[]): readonly PlateTerm[] => {
  const records = runBoth(programs, still);
  return (['model', 'guide'] as const).flatMap((role) =>
    records[role].flatMap((r) =>
      r.kind === 'sample' || r.kind === 'factor'
        ? r.plates
            .filter(({ name }) => plates.includes(name))
            .map(({ name: plate, axis }) => {
              const value = overPlates(r, siteLogProb(r));
              return { role, site: r.name, plate, value, axis: value.rank + axis };
            })
        : [],
    ),
  );
};

const differ = (a: Tensor, b: Tensor): boolean => {
  const other = b.dataSync();
  return Array.from(a.dataSync()).some(
    (x, i) => Math.abs(x - (other[i] ?? Number.NaN)) > TOLERANCE * Math.max(1, Math.abs(x)),
  );
};

const sameTerm = (terms: readonly PlateTerm[], t: PlateTerm): PlateTerm | undefined =>
  terms.find((u) => u.role === t.role && u.site === t.site && u.plate === t.plate);

/**
 * The sites in some plates, each as long as the batch, that go by place. `reversed` are the programs of
 * the batch in reverse, `alike` those of a batch whose rows are all the same: what goes by the neighbours of
 * a row is the same for all of them. Programs that are not the same twice tell nothing.
 */
export const findPlaced = (
  programs: Programs,
  { reversed, alike }: { readonly reversed: Programs; readonly alike: Programs },
  plates: readonly string[],
): readonly PlacedSite[] => {
  const [apart, backwards, level] = [movedApart(programs), movedApart(reversed), movedApart(alike)];
  const before = termsOf(apart, plates);
  const after = termsOf(backwards, plates);
  // Another plate may be as long as the batch: features of data, or times.
  const turned = (t: PlateTerm, other: Tensor): boolean =>
    before.some(
      (u) => u.role === t.role && u.site === t.site && !differ(tf.reverse(t.value, u.axis), other),
    );
  const moved = before.filter((t) => {
    const other = sameTerm(after, t)?.value;
    // What the rows do not touch is no place of theirs.
    return other && differ(t.value, other) && !turned(t, other);
  });
  if (moved.length === 0) return [];
  const equal = termsOf(level, plates);
  const placed = moved.filter((t) => {
    const value = sameTerm(equal, t)?.value;
    return value && differ(value, tf.reverse(value, t.axis));
  });
  if (placed.length === 0) return [];
  const again = termsOf(apart, plates);
  return placed
    .filter((t) => !differ(t.value, sameTerm(again, t)?.value ?? t.value))
    .map(({ role, site, plate }) => ({ role, site, plate }));
};

/**
 * Sites whose elements depend on other elements of their plate. Every latent value of one element
 * is exchanged for another draw; the terms of the other elements must not notice.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';
import type { SampleRecord, SiteRecord } from '../interpreters/record.js';
import { overPlates, siteLogProb } from '../interpreters/score-record.js';
import { keyedNoise, noiseOwner } from '../random/noise-source.js';
import { type Key, foldIn } from '../random/index.js';
import type { PooledSite, Role } from './examination.js';
import { type Programs, drawGuide, runAt } from './programs.js';

type Latents = ReadonlyMap<string, SampleRecord>;

/** Another draw of a discrete site may be the same as the first. */
const TRIES = 8;
/** Rounding does not depend on other elements, but backends may differ in how they add. */
const TOLERANCE = 1e-6;

const plateOf = (plates: readonly PlacedPlate[], name: string): PlacedPlate | undefined =>
  plates.find((p) => p.name === name);

/** `value` with its first element along an axis taken from `other`. */
const exchanged = (value: Tensor, other: Tensor, axis: number): Tensor => {
  const from = (x: Tensor, start: number, length: number): Tensor =>
    tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? start : 0)),
      x.shape.map((n, i) => (i === axis ? length : n)),
    );
  return tf.concat([from(other, 0, 1), from(value, 1, (value.shape[axis] ?? 1) - 1)], axis);
};

const exchangedLatents = (first: Latents, second: Latents, plate: string): Latents =>
  new Map(
    [...first].map(([name, record]): readonly [string, SampleRecord] => {
      const p = plateOf(record.plates, plate);
      const other = second.get(name);
      if (p === undefined || other === undefined) return [name, record];
      const axis = record.value.rank - record.distribution.eventShape.length + p.axis;
      return [name, { ...record, value: exchanged(record.value, other.value, axis) }];
    }),
  );

const differ = (a: Tensor, b: Tensor): boolean => {
  const other = b.dataSync();
  return [...a.dataSync()].some((x, i) => x !== other[i]);
};

const allDiffer = (a: Latents, b: Latents, plate: string): boolean =>
  [...a].every(
    ([name, { plates, value }]) =>
      plateOf(plates, plate) === undefined || differ(value, b.get(name)?.value ?? value),
  );

/** Whether a term differs beyond the first element of a plate. */
const notices = (before: Tensor, after: Tensor, axis: number): boolean => {
  const rest = (x: Tensor): ArrayLike<number> =>
    tf
      .slice(
        x,
        x.shape.map((_, i) => (i === x.rank + axis ? 1 : 0)),
      )
      .dataSync();
  const [a, b] = [rest(before), rest(after)];
  return Array.from(a).some((x, i) => {
    const y = b[i] ?? Number.NaN;
    return Math.abs(x - y) > TOLERANCE * Math.max(1, Math.abs(x));
  });
};

const noticing = (
  role: Role,
  plate: string,
  before: readonly SiteRecord[],
  after: readonly SiteRecord[],
): readonly PooledSite[] =>
  before.flatMap((r): readonly PooledSite[] => {
    const other = after.find((a) => a.name === r.name);
    const p = plateOf(r.plates, plate);
    if ((r.kind !== 'sample' && r.kind !== 'factor') || p === undefined) return [];
    if (other === undefined || other.kind !== r.kind) return [];
    const [a, b] = [r, other].map((x) => overPlates(x, siteLogProb(x)));
    return a !== undefined && b !== undefined && notices(a, b, p.axis)
      ? [{ role, plate, site: r.name }]
      : [];
  });

/** The sites that pool their plate, in either program. */
export const findPooled = (programs: Programs, key: Key): readonly PooledSite[] => {
  const noise = keyedNoise(key);
  const first = drawGuide(programs, noise);
  const plates = new Set(
    [...first.values()].flatMap((r) => r.plates.filter((p) => p.count > 1).map((p) => p.name)),
  );
  return [...plates].flatMap((plate) => {
    for (let i = 0; i < TRIES; i += 1) {
      // Plates visit the same elements: only what sites draw is new.
      const again = keyedNoise(foldIn(key, i));
      const second = drawGuide(programs, (site, block, law, batch) =>
        (noiseOwner(site).kind === 'plate' ? noise : again)(site, block, law, batch),
      );
      const other = exchangedLatents(first, second, plate);
      if (!allDiffer(first, other, plate) && i < TRIES - 1) continue;
      const [before, after] = [runAt(programs, first, noise), runAt(programs, other, noise)];
      return [
        ...noticing('model', plate, before.model, after.model),
        ...noticing('guide', plate, before.guide, after.guide),
      ];
    }
    return [];
  });
};

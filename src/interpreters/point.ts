import { cutOff } from '../../dsl/gradient.js';
import { isReparameterised } from '../../dsl/distribution.js';
import { dropLast } from '../../dsl/shape.js';
import { overBatch } from './draw.js';
import type { Point, SampleRecord } from './record.js';

/**
 * What a recorded value is the image of, with the gradient that a draw has; nothing where that is not
 * known, as for data.
 */
export const pointOf = (record: SampleRecord): Point | undefined => {
  const { sampler, eventShape } = record.distribution;
  if (record.origin !== 'drawn' || sampler.preimage === undefined) return record.point;
  const { map, eventRank, push } = sampler.preimage;
  const x = overBatch(
    push(record.noise),
    eventRank,
    dropLast(record.value.shape, eventShape.length),
  );
  return { map, eventRank, x: isReparameterised(sampler.gradient) ? x : cutOff(x) };
};

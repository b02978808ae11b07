import type { Place } from '../interpreters/element.js';
import type { NonFinite, NonFiniteInput } from './non-finite.js';

const short = (x: number): string => String(Number.isFinite(x) ? Number(x.toPrecision(4)) : x);

const showInput = ({ name, values }: NonFiniteInput): string => {
  if (values.length <= 4) {
    const shown = values.map(short).join(', ');
    return `${name} = ${values.length === 1 ? shown : `[${shown}]`}`;
  }
  const finite = values.filter((v) => Number.isFinite(v));
  const bad = values.length - finite.length;
  const range = `${values.length} values from ${short(Math.min(...finite))} to ${short(Math.max(...finite))}`;
  return `${name} = ${range}${bad === 0 ? '' : `, ${bad} not finite`}`;
};

const showPlace = ({ particle, plates = {}, entry = [] }: Partial<Place>): string => {
  const parts = [
    ...(particle === undefined ? [] : [`particle ${particle}`]),
    ...Object.entries(plates).map(([name, i]) => `element ${i} of plate '${name}'`),
    ...(entry.length === 0 ? [] : [`entry [${entry.join(', ')}]`]),
  ];
  return parts.length === 0 ? '' : ` at ${parts.join(', ')}`;
};

/**
 * One sentence for a non-finite value.
 *
 * @example
 * ```ts
 * showNonFinite({ step: 3, site: 'z', what: 'sample value', found: NaN }).split(';')[0];
 * // 'Step 3: the loss is not finite'
 * ```
 */
export const showNonFinite = (cause: NonFinite): string => {
  const { step, site, what, found, phase, inputs = [] } = cause;
  const of = phase === undefined ? '' : `, phase ${phase}`;
  const from = inputs.length === 0 ? '' : ` (${inputs.map(showInput).join('; ')})`;
  return (
    `Step ${step}${of}: the loss is not finite; the first cause is the ${what} of '${site}'` +
    `${showPlace(cause)}, which is ${found}${from}. ` +
    'Lower the learning rate, clip gradients, or keep scales away from 0.'
  );
};

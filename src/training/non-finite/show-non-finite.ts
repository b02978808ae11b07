import type { Place } from '../../interpreters/element.js';
import type { NonFinite } from './non-finite.js';
import { type NonFiniteInput, notPositive } from './non-finite-reason.js';

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

const cureFor = ({ reason, step, inputs = [] }: NonFinite): string => {
  switch (reason) {
    case 'data':
      return 'Clean the data; leave out what is missing by mask(…), and feed 0 in its place to what computes with it.';
    case 'initialValue':
      return 'Give it an initial value that is finite and inside its support.';
    case 'earlierStep':
      return 'An earlier update made it so: lower the learning rate or clip gradients; explainNonFinite at the state before that update tells whether a gradient was not finite.';
    case 'notPositive':
      return (
        `Keep ${notPositive(inputs)?.name ?? 'it'} above 0, by softplus, by exp or as a param with { support: positive }, ` +
        (step === 0 ? 'and look at initial values.' : 'and lower the learning rate.')
      );
    case 'outsideSupport':
      return 'The observation is no value of its family: correct the data, leave it out by mask(…), or use a family that has such values.';
    case 'gradient':
      return 'Some function has no finite slope there, as sqrt, log or a norm at 0: keep its argument away from that point; choosing another result by tf.where is not enough.';
    case 'start':
      return 'Nothing is trained yet: look at the initial values, and standardise the data.';
    case 'training':
      return 'Lower the learning rate, clip gradients, or keep scales away from 0 and chances in logits.';
  }
};

const showFound = (cause: NonFinite): string => {
  const { site, what, found, inputs = [], gradients } = cause;
  if (gradients !== undefined) {
    const params = gradients.params.map((name) => `'${name}'`).join(', ');
    const sites = gradients.sites.map((name) => `'${name}'`).join(', ');
    return (
      `the loss is finite, but the gradient of ${params} is not${sites && `, through the term of ${sites}`}; ` +
      `the first is ${found}${showPlace(cause)}`
    );
  }
  const from = inputs.length === 0 ? '' : ` (${inputs.map(showInput).join('; ')})`;
  return (
    `the loss is not finite; the first cause is the ${what} of '${site}'` +
    `${showPlace(cause)}, which is ${found}${from}`
  );
};

/**
 * One sentence for a non-finite value, and a cure that follows from its reason.
 *
 * @example
 * ```ts
 * const cause = { step: 3, site: 'z', what: 'sample value', found: NaN, reason: 'training' } as const;
 * showNonFinite(cause).split(';')[0]; // 'Step 3: the loss is not finite'
 * ```
 */
export const showNonFinite = (cause: NonFinite): string => {
  const of = cause.phase === undefined ? '' : `, phase ${cause.phase}`;
  return `Step ${cause.step}${of}: ${showFound(cause)}. ${cureFor(cause)}`;
};

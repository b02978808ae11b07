/** Value and gradients of a scalar function of parameters. */
import type { Tensor } from '../../dsl/index.js';
import { computed } from '../compile/computed.js';
import type { Params } from '../interpreters/params.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import { differentiate } from '../transform/differentiate.js';

/**
 * The gradient of the scalar `f(params).loss` with respect to every parameter; a parameter that it does
 * not use has gradient zero. The tensors in `f(params).keep` are returned beside it.
 */
export const withGradients = (
  params: Params,
  f: (params: Params) => { readonly loss: Tensor; readonly keep: Readonly<Record<string, Tensor>> },
): { readonly kept: Readonly<Record<string, Tensor>>; readonly gradients: Params } => {
  const made = computed(params, (given) => {
    const { keep, gradients } = differentiate(given, () => f(given));
    return { ...putUnder('kept', keep), ...putUnder('gradients', gradients) };
  });
  return { kept: takeUnder('kept', made), gradients: takeUnder('gradients', made) };
};

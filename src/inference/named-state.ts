/** The tensors of a state by name: in a step's graph, on both sides, and in a checkpoint. */
import { promised } from '../../dsl/records/dictionary.js';
import type { Tensor } from '../../dsl/index.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import type { SviState } from './svi-state.js';

/** A state's tensors by their names in a step's graph, on both sides, and in a checkpoint. */
export const namedState = ({
  params,
  optimizer,
  carry,
}: Pick<SviState, 'params' | 'optimizer' | 'carry'>): Readonly<Record<string, Tensor>> => ({
  ...putUnder('params', params),
  ...putUnder('optimizer', optimizer),
  ...putUnder('carry', carry),
});

/** The parts of a state that these tensors are, by the same names. */
export const partsOfState = <A, P extends string = string>(
  tensors: Readonly<Record<string, A>>,
): {
  readonly params: Readonly<Record<P, A>>;
  readonly optimizer: Readonly<Record<string, A>>;
  readonly carry: Readonly<Record<string, A>>;
} => ({
  params: promised(takeUnder('params', tensors)),
  optimizer: takeUnder('optimizer', tensors),
  carry: takeUnder('carry', tensors),
});

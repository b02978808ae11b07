/**
 * Reverse-mode differentiation of what a function writes down: its nodes from the last to the first, each
 * asked for what its inputs are owed (Griewank and Walther 2008, Evaluating Derivatives, chapter 3).
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { ValueId } from '../graph/graph.js';
import {
  type Recorded,
  type Recording,
  idOf,
  topFrame,
  uniformAt,
  valueAt,
} from '../compile/recording/recording.js';
import { type Tensors, recordingNow } from '../compile/recording/recorder.js';
import { kernelAdjoints, widened } from './adjoint.js';

const outputsOf = (made: Recorded): readonly ValueId[] =>
  made._tag === 'kernel' ? made.node.outputs : [made.output];

/** What a recorded step depends on, as its derivative sees it. */
const sourcesOf = (made: Recorded): readonly ValueId[] =>
  made._tag === 'kernel' ? Object.values(made.node.inputs).flat() : made.inputs;

/** The values that depend on some of these, by steps that have a gradient. */
const dependents = (
  r: Recording,
  body: readonly Recorded[],
  wrt: readonly ValueId[],
): ReadonlySet<ValueId> => {
  const found = new Set(wrt);
  for (const made of body) {
    if (!sourcesOf(made).some((id) => found.has(id))) continue;
    for (const id of outputsOf(made)) if (valueAt(r, id).dtype === 'float32') found.add(id);
  }
  return found;
};

/** What each input of a recorded step is owed, of those that are wanted. */
const adjointsOf = (
  r: Recording,
  made: Recorded,
  owed: readonly (Tensor | undefined)[],
  wants: (id: ValueId) => boolean,
): readonly (readonly [ValueId, Tensor])[] => {
  if (made._tag === 'kernel') return kernelAdjoints(r, made.node, owed, wants);
  const [dy] = owed;
  if (dy === undefined) return [];
  const adjoints = made.rule(widened(dy, valueAt(r, made.output).shape));
  return made.inputs.flatMap((id, i) => {
    const adjoint = adjoints[i];
    return adjoint !== undefined && wants(id) ? [[id, adjoint] as const] : [];
  });
};

/** What a differentiated function gives. */
export interface Differentiable {
  /** Of shape []. */
  readonly loss: Tensor;
}

/**
 * The gradient of `f().loss` with respect to the tensors that `f` closes over, zero for one that it does not
 * use, and all that `f` gives. For use while a function is traced; the gradients are recorded as everything is,
 * so they can be differentiated and batched in their turn.
 */
export const differentiate = <A extends Differentiable>(
  wrt: Tensors,
  f: () => A,
): A & { readonly gradients: Tensors } => {
  const r = recordingNow();
  const frame = topFrame(r);
  const mark = frame.length;
  const made = f();
  const body = frame.slice(mark);
  const ids = Object.entries(wrt).map(([name, x]) => [name, idOf(r, x)] as const);
  const active = dependents(
    r,
    body,
    ids.map(([, id]) => id),
  );
  const owed = new Map<ValueId, Tensor>([[idOf(r, made.loss), tf.ones([...made.loss.shape])]]);
  for (const step of body.toReversed()) {
    const outputs = outputsOf(step);
    if (!outputs.some((id) => active.has(id) && owed.has(id))) continue;
    const dys = outputs.map((id) => owed.get(id));
    for (const [id, adjoint] of adjointsOf(r, step, dys, (x) => active.has(x))) {
      if (uniformAt(r, idOf(r, adjoint)) === 0) continue;
      const before = owed.get(id);
      owed.set(id, before === undefined ? adjoint : tf.add(before, adjoint));
    }
  }
  const gradients = ids.map(([name, id]): readonly [string, Tensor] => {
    const adjoint = owed.get(id);
    const { shape } = valueAt(r, id);
    return [name, adjoint === undefined ? tf.zeros([...shape]) : widened(adjoint, shape)];
  });
  return { ...made, gradients: Object.fromEntries(gradients) };
};

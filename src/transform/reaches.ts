/** Dependence, read off what was written down. */
import type { Tensor } from '../../dsl/index.js';
import { idOf, topFrame } from '../compile/recording/recording.js';
import { recordingNow } from '../compile/recording/recorder.js';

/** Whether a tensor was computed from another, by whatever steps, in the frame that is being written. */
export const reaches = (from: Tensor, to: Tensor): boolean => {
  const r = recordingNow();
  const found = new Set([idOf(r, from)]);
  for (const made of topFrame(r)) {
    const [inputs, outputs] =
      made._tag === 'kernel'
        ? [Object.values(made.node.inputs).flat(), made.node.outputs]
        : [[made.y, ...made.inputs], [made.output]];
    if (inputs.some((id) => found.has(id))) outputs.forEach((id) => found.add(id));
  }
  return found.has(idOf(r, to));
};

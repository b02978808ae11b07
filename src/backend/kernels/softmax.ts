/** eˣ over its sum along the last axis, with the sum in double precision. */
import { type MendedKernel, inputOf } from './host.js';

export const softmax: MendedKernel = (host, inputs) => {
  const logits = inputOf(inputs, 'logits');
  const count = logits.shape.at(-1) ?? 1;
  const x = host.read(logits);
  const out = new Float32Array(x.length);
  const powers = new Float64Array(count);
  for (let from = 0; from < x.length; from += count) {
    let peak = -Infinity;
    for (let k = 0; k < count; k += 1) peak = Math.max(peak, x[from + k] ?? 0);
    let total = 0;
    for (let k = 0; k < count; k += 1) {
      const power = Math.exp((x[from + k] ?? 0) - peak);
      powers[k] = power;
      total += power;
    }
    for (let k = 0; k < count; k += 1) out[from + k] = (powers[k] ?? 0) / total;
  }
  return host.make(out, logits.shape, 'float32');
};

/** What kernels do to their sums that have an activation in them. */
import { activationNamed } from '../../kernels/activations/by-name.js';
import type { Site } from './builder.js';

/** What a fused kernel does to its sums: it adds a bias, then applies its activation. */
export const finished = (site: Site, sums: string): string | readonly string[] | undefined => {
  const { b, attributes, out } = site;
  const x = 'bias' in site.inputs ? b.op('Add', [sums, site.at('bias')]) : sums;
  const activation = attributes['activation'] ?? 'linear';
  if (activation === 'linear') return x;
  const slope = 'preluActivationWeights';
  const slopes = activation === 'prelu' ? { alpha: site.value(slope) } : {};
  return activationNamed(activation)?.onnx?.({
    ...site,
    inputs: { x: out, ...slopes },
    at: (name) => (name === 'x' ? x : site.at(slope)),
    value: (name) => (name === 'x' ? out : site.value(slope)),
    all: [x, ...('alpha' in slopes ? [site.at(slope)] : [])],
    values: [out, ...Object.values(slopes)],
    attributes: { alpha: attributes['leakyreluAlpha'] },
  });
};

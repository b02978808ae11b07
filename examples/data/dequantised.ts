import type { Key } from 'marginalia';
import { randomUniform } from 'marginalia/random';
import type { Images } from './images.js';

/**
 * The images with uniform noise as wide as a step between their levels, so that levels which were rounded have a
 * density: where all images have one and the same level a normal's would have no end.
 *
 * Source: Uria, Murray and Larochelle 2013, RNADE, arXiv:1306.0186, section 4.
 */
export const dequantised = <I extends Images>(images: I, levels: number, key: Key): I => {
  const grey = randomUniform(key, images.grey.length);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = ((images.grey[i] ?? 0) * (levels - 1) + (grey[i] ?? 0)) / levels;
  }
  return { ...images, grey };
};

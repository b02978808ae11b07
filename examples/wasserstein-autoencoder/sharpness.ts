/** How sharp images are. */
import type { Images } from '../data/index.js';

/**
 * The variance over an image of its Laplacian, x_up + x_down + x_left + x_right − 4 x, inside of the border; its
 * mean over images. A blurred image has less.
 *
 * Source: Tolstikhin et al. 2018, Wasserstein Auto-Encoders, section 4, arXiv:1711.01558.
 */
export const sharpness = ({ grey, count, rows, columns }: Images): number => {
  const inside = (rows - 2) * (columns - 2);
  let total = 0;
  for (let image = 0; image < count; image += 1) {
    let [sum, squares] = [0, 0];
    for (let row = 1; row < rows - 1; row += 1) {
      for (let column = 1; column < columns - 1; column += 1) {
        const at = (image * rows + row) * columns + column;
        const around = [at - columns, at + columns, at - 1, at + 1];
        const laplacian = around.reduce((s, i) => s + (grey[i] ?? 0), -4 * (grey[at] ?? 0));
        sum += laplacian;
        squares += laplacian ** 2;
      }
    }
    total += squares / inside - (sum / inside) ** 2;
  }
  return total / count;
};

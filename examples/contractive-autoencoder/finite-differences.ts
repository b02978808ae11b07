/** The Jacobian of an encoder by differences, in double precision: nothing of the closed form is used. */

/** c = σ(x W + b): W `[pixels, units]`, row by row. */
export interface Encoder {
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

const codeOf = ({ kernel, bias }: Encoder, x: Float64Array): Float64Array => {
  const units = bias.length;
  const sums = Float64Array.from(bias);
  for (let i = 0; i < x.length; i += 1) {
    const pixel = x[i] ?? 0;
    if (pixel === 0) continue;
    for (let j = 0; j < units; j += 1)
      sums[j] = (sums[j] ?? 0) + pixel * (kernel[i * units + j] ?? 0);
  }
  return sums.map((s) => 1 / (1 + Math.exp(-s)));
};

/** ‖∂c/∂x‖² at one image: Σ_i ‖(c(x + h e_i) − c(x − h e_i)) / 2h‖². */
export const jacobianByDifferences = (encoder: Encoder, image: ArrayLike<number>): number => {
  const h = 1e-4;
  const x = Float64Array.from(image);
  let total = 0;
  for (let i = 0; i < x.length; i += 1) {
    const [up, down] = [h, -h].map((step) => codeOf(encoder, x.with(i, (x[i] ?? 0) + step)));
    up?.forEach((c, j) => {
      total += ((c - (down?.[j] ?? Number.NaN)) / (2 * h)) ** 2;
    });
  }
  return total;
};

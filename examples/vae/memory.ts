/** How much memory a step needs, so that what does not fit is refused before it is tried. */
import { Refusal } from '../command-line/refusal.js';
import type { VaeOptions } from './model.js';

/** What a step's size depends on. */
export interface StepSize extends VaeOptions {
  readonly batch: number;
  readonly particles: number;
}

const parameters = ({ pixels, latent, hidden, posterior }: VaeOptions): number => {
  const heads = 2 * latent + (posterior === 'full' ? (latent * (latent - 1)) / 2 : 0);
  return (2 * pixels + latent + heads) * hidden + 2 * hidden + pixels + heads;
};

/**
 * Bytes of a step, about: float32 numbers of parameters, gradients, two moments and the next ones; of
 * each image, its layers and what their gradients need; and the same of each draw of its code.
 */
export const stepBytes = (size: StepSize): number => {
  const { pixels, latent, hidden, posterior, batch, particles } = size;
  const image = 2 * pixels + 4 * hidden + (posterior === 'full' ? 5 * latent ** 2 : 6 * latent);
  const draw = 4 * pixels + 4 * hidden + 6 * latent;
  return 4 * (7 * parameters(size) + batch * image + batch * particles * draw);
};

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;

/** The largest array that a runtime takes, in bytes. */
const LARGEST = 2 ** 32;

/** Refuses a step that needs more memory than is free, or one array of more than 4 GiB. */
export const refuseTooLarge = (size: StepSize, free: number = process.availableMemory()): void => {
  const needed = stepBytes(size);
  const logits = 4 * size.batch * size.particles * size.pixels;
  if (needed <= free && logits <= LARGEST && 4 * parameters(size) <= LARGEST) return;
  throw new Refusal(
    `A step of --batch ${size.batch}, --particles ${size.particles}, --hidden ${size.hidden} and --latent ` +
      `${size.latent} needs about ${gigabytes(needed)} of memory, of which ${gigabytes(free)} are free, and arrays ` +
      `of at most ${gigabytes(LARGEST)} can be had; give smaller ones.`,
  );
};

/** The largest float32 below 1. Words above it would round to 1. */
export const BELOW_ONE = 1 - 2 ** -24;

/** The middle of word w's cell of the unit interval, as a double in [2⁻³³, 1 − 2⁻³³]. */
export const unit = (word: number): number => (word + 0.5) * 2 ** -32;

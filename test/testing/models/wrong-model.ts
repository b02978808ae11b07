/** A mistake that people make in a model or a guide, beside the right one. */
import type { ModelCheck, ModelUnderTest } from 'marginalia/testing';

/** A mistake, with the same inference without it. */
export interface WrongModel {
  readonly name: string;
  /** The check that is made for it, others may see it as well; `checkModel` itself where nothing can run. */
  readonly by: ModelCheck | 'checkModel';
  /** Made anew for each call: some mistakes are state that one call leaves to the next. */
  readonly wrong: () => ModelUnderTest;
  readonly right: () => ModelUnderTest;
}

/** An inference as a function of whether it has the mistake. */
export const mistake = (
  name: string,
  by: WrongModel['by'],
  make: (isWrong: boolean) => ModelUnderTest,
): WrongModel => ({
  name,
  by,
  wrong: () => make(true),
  right: () => make(false),
});

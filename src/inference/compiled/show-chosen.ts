/** What was chosen for a form of batch, in one line. */
import { leavesOf } from '../../compile/container.js';
import { type ExecutableError, showExecutableError } from '../../compile/executable.js';

/** Shapes of more tensors than this say little. */
const MOST_SHAPES = 4;

/** The shapes of a batch. */
const showForm = (batch: unknown): string => {
  const shapes = leavesOf(batch).map(([, { shape }]) => `[${shape.join(', ')}]`);
  const more = shapes.length > MOST_SHAPES ? ' …' : '';
  return shapes.length === 0 ? '' : ` for a batch ${shapes.slice(0, MOST_SHAPES).join(' ')}${more}`;
};

/** What runs a form of batch, why what is cheaper does not, and what each way costs by the model. */
export const showChosen = (
  by: string,
  batch: unknown,
  refused: readonly ExecutableError[],
  weighed: string,
): string => {
  const why = refused.map(showExecutableError);
  return [`${by}${showForm(batch)}`, ...new Set(why), `modelled: ${weighed}`].join('; ');
};

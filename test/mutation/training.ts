/** Faults in training: what its errors hold, when it saves, which options it takes. */
import type { Mutation } from './mutation.js';

const errors = 'test/inference/training/errors.test.ts';
const options = 'test/inference/training/fit-options.test.ts';
const saves = 'test/inference/training/saves.test.ts';

export const training: readonly Mutation[] = [
  {
    name: 'a failed run: the state that is handed over is freed',
    file: 'src/inference/training/training.ts',
    find: 'if (trouble !== undefined) return E.left({ ...trouble, state });',
    replace: 'if (trouble !== undefined) return freeState(state), E.left({ ...trouble, state });',
    killedBy: errors,
    quick: true,
  },
  {
    name: 'a failed run: what a listener throws goes past the state',
    file: 'src/inference/training/training.ts',
    find: "return { tag: 'threw', during: 'callback', error };",
    replace: 'throw error;',
    killedBy: errors,
  },
  {
    name: 'checkpoints: what was saved is saved again',
    file: 'src/inference/training/saves.ts',
    find: '      savedStep = state.step;\n',
    replace: '',
    killedBy: saves,
  },
  {
    name: 'a failed run: the batch of a step that threw is kept',
    file: 'src/inference/training/walk.ts',
    find: '    } finally {\n      tf.dispose(batch.right);\n    }',
    replace: '    } finally {\n      tf.dispose([]);\n    }',
    killedBy: errors,
  },
  {
    name: 'a failed run: an update that is not finite is handed over',
    file: 'src/inference/training/walk.ts',
    find: 'if (firstNonFinite(state) === undefined || stepper.at() === good.step) return { state };',
    replace: 'if (stepper.at() >= good.step) return { state };',
    killedBy: errors,
    quick: true,
  },
  {
    name: 'a failed run: halving for the last good state stops too early',
    file: 'src/inference/training/walk.ts',
    find: 'while (end - good.step > 1) {',
    replace: 'while (end - good.step > 2) {',
    killedBy: errors,
  },
  {
    name: 'a failed run: a compiled stepper goes back without its count of steps',
    file: 'src/inference/compiled/compiled-stepper.ts',
    find: '      ({ step } = to);\n',
    replace: '',
    killedBy: errors,
  },
  {
    name: 'a failed run: the state is left behind where a batch does not compile',
    file: 'src/inference/compiled/compiled-stepper.ts',
    find: '    } finally {\n      freeState(at);\n    }',
    replace: '    } finally {\n      step += 0;\n    }',
    killedBy: errors,
  },
  {
    name: 'a failed run: the compiled steps stay where a listener of the engine throws',
    file: 'src/inference/training/start.ts',
    find: '    await stepper.right.close();\n',
    replace: '',
    killedBy: errors,
  },
  {
    name: 'checkpoints: minutes do not count',
    file: 'src/inference/training/saves.ts',
    find: '|| now() - savedAt >= minutes * MINUTE',
    replace: '|| now() - savedAt >= Infinity',
    killedBy: saves,
    quick: true,
  },
  {
    name: 'checkpoints: the clock is not set back by a save',
    file: 'src/inference/training/saves.ts',
    find: '      savedAt = now();\n',
    replace: '',
    killedBy: saves,
  },
  {
    name: 'checkpoints: many steps at once pass over the one to save',
    file: 'src/inference/training/saves.ts',
    find: '(steps === Infinity ? Infinity : steps - (at % steps))',
    replace: '(at < 0 ? steps : Infinity)',
    killedBy: saves,
  },
  {
    name: 'checkpoints: the last state is not saved',
    file: 'src/inference/training/training.ts',
    find: 'const saved = unsaved ? E.right(undefined) : await saves.save(state);',
    replace: 'const saved = unsaved ? E.right(undefined) : E.right(undefined);',
    killedBy: saves,
    quick: true,
  },
  {
    name: 'options: what is unknown is passed over',
    file: 'dsl/options.ts',
    find: '  checkKnown(who, [...values.keys()], Object.keys(rules));\n',
    replace: '',
    killedBy: options,
    quick: true,
  },
  {
    name: 'options: what must be given may be left out',
    file: 'dsl/options.ts',
    find: 'if (value === undefined && rule.required !== true) continue;',
    replace: 'if (value === undefined) continue;',
    killedBy: 'test/dsl/options.test.ts',
  },
  {
    name: 'options: a batch larger than the data',
    file: 'src/inference/training/fit-options.ts',
    find: 'batchSize <= data.size,',
    replace: 'batchSize > 0,',
    killedBy: options,
  },
  {
    name: 'options: a state of another inference is gone on from',
    file: 'src/inference/training/start.ts',
    find: "is(found !== undefined, `'${name}'`, 'a state without it');",
    replace: '',
    killedBy: options,
  },
];

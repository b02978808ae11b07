/**
 * Mistakes in models and guides are told from the right ones, each by the check that is made for it;
 * `npm run laws` asks all of them. Seeds are fixed; the false alarms of each call are 1e-6.
 */
import { checkModel } from 'marginalia/testing';
import { expect, it } from 'vitest';
import { wrongModels } from './wrong-models.js';

it.each(wrongModels)(
  '$by finds $name, and leaves the right one alone',
  async ({ by, wrong, right }) => {
    if (by === 'checkModel') {
      await expect(checkModel(wrong())).rejects.toThrow(/^site /);
      await checkModel({ ...right(), laws: ['checkReplay', 'checkMask'] });
      return;
    }
    await expect(checkModel({ ...wrong(), laws: [by] })).rejects.toThrow('1 of 1 checks failed.');
    expect((await checkModel({ ...right(), laws: [by] })).passed).toEqual([by]);
  },
);

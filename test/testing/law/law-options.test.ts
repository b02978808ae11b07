/** Options of laws that are out of range: each is refused by name. No statistics. */
import { normal, sample } from 'marginalia';
import {
  type LawOptions,
  checkClosedFormKl,
  checkDistribution,
  checkModel,
  checkReplay,
  checkSupports,
  runLaws,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const model = sample('z', normal(0, 1));

describe('an option of laws', () => {
  it.each([
    ['falseAlarm', [0, 1, 2, -1, NaN], 'a number between 0 and 1'],
    ['draws', [0, 1, -5, 2.5, NaN], 'a whole number of at least 2'],
    ['tolerance', [NaN, -1e-3, Infinity], 'a finite number of at least 0'],
    ['seed', [0.5, -1, NaN], 'a whole number from 0'],
  ] as const)('%s is refused where it is out of range', (name, values, expected) => {
    for (const value of values) {
      const wrong: LawOptions = { [name]: value };
      const refused = [
        () => checkReplay({ model, ...wrong }),
        () => checkSupports({ model, guide: model, ...wrong }),
        () => checkClosedFormKl({ q: () => normal(0, 1), p: () => normal(1, 2), ...wrong }),
        () => checkDistribution(() => normal(0, 1), wrong),
      ];
      for (const law of refused) {
        expect(law).toThrow(RangeError);
        expect(law).toThrow(`expected ${name} to be ${expected}`);
      }
    }
  });

  it('is taken at the ends of its range', () => {
    checkSupports({ model, guide: model, falseAlarm: 0.5, draws: 2, tolerance: 0, seed: 0 });
  });

  it.each([0, 1, -1, NaN])(
    'falseAlarm: %s is refused by the runner and by checkModel',
    async (falseAlarm) => {
      const ran: string[] = [];
      const plans = { a: { cost: 'cheap', run: () => void ran.push('a') } } as const;
      const said = `expected falseAlarm to be a number between 0 and 1, but got ${falseAlarm}; pass 1e-6`;
      await expect(runLaws('checkAll', plans, { falseAlarm })).rejects.toThrow(`checkAll: ${said}`);
      const subject = { model, guide: model, falseAlarm };
      await expect(checkModel(subject)).rejects.toThrow(`checkModel: ${said}`);
      expect(ran).toEqual([]);
    },
  );
});

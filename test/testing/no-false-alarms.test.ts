/** The short form of `npm run laws`: exact laws raise no alarm, and are kept where they apply. */
import { describe, expect, it } from 'vitest';
import { campaign, exactLaws } from '../laws/exact-laws.js';
import { soundSubjects } from '../laws/sound-subjects.js';

const some = new Set(['a relu network', 'linear-Gaussian', 'a bit and a number']);

/** Orders have tests of their own, and take as long as all others. */
const { checkOrderInParticles: _, checkOrderInAlpha: __, ...cheap } = exactLaws;

describe('exact laws', () => {
  it.each(soundSubjects.filter(({ name }) => some.has(name)))(
    'raise no alarm for $name',
    async (subject) => {
      const { alarms, tallies } = await campaign(subject, [1], cheap);
      expect(alarms).toEqual([]);
      expect(Object.values(tallies).filter(({ kept }) => kept > 0).length).toBeGreaterThan(8);
      expect(Object.keys(tallies)).toEqual(Object.keys(cheap));
    },
  );

  it('say so where one is broken', async () => {
    const [subject] = soundSubjects;
    const broken = { wrong: () => Promise.reject(new Error('The law is broken.')) };
    const { alarms } =
      subject === undefined ? { alarms: [] } : await campaign(subject, [1], broken);
    expect(alarms.map(({ law, seed }) => [law, seed])).toEqual([['wrong', 1]]);
  });
});

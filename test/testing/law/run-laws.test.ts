/** The runner of laws: order, budget, reports and errors. No statistics. */
import { BrokenLawsError, LawNotApplicable, type LawPlan, runLaws } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const ran: string[] = [];
const plan = (name: string, cost: 'cheap' | 'moderate' | 'dear', then?: Error): LawPlan => ({
  cost,
  run: () => {
    ran.push(name);
    if (then !== undefined) throw then;
  },
});

const after = (milliseconds: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, milliseconds);
  });

const complaint = async (told: Promise<unknown>): Promise<BrokenLawsError> => {
  const error: unknown = await told.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (error instanceof BrokenLawsError) return error;
  throw new Error(`expected a BrokenLawsError, but got ${String(error)}`);
};

describe('runLaws', () => {
  it('runs cheap laws first, and otherwise in the order in which they stand', async () => {
    ran.length = 0;
    const plans = {
      a: plan('a', 'dear'),
      b: plan('b', 'cheap'),
      c: plan('c', 'moderate'),
      d: plan('d', 'cheap'),
    };
    const { passed, seconds } = await runLaws('checkAll', plans);
    expect(ran).toEqual(['b', 'd', 'c', 'a']);
    expect(passed).toEqual(ran);
    expect(Object.keys(seconds).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('waits for a law that takes its time, and says how long it took', async () => {
    const plans = {
      slow: { cost: 'cheap', run: () => after(30) },
      other: plan('other', 'cheap'),
    } as const;
    const { seconds } = await runLaws('checkAll', plans);
    expect(seconds.slow).toBeGreaterThan(0.02);
    expect(seconds.other).toBeLessThan(0.02);
  });

  it('begins nothing after its seconds, and says so', async () => {
    ran.length = 0;
    const plans = {
      first: { cost: 'cheap', run: () => after(30) },
      second: plan('second', 'dear'),
    } as const;
    const { passed, skipped } = await runLaws('checkAll', plans, { seconds: 0.01 });
    expect(passed).toEqual(['first']);
    expect(skipped).toEqual([
      { check: 'second', why: 'the 0.01 seconds that it was given were over' },
    ]);
    expect(ran).toEqual([]);
  });

  it('runs those that are named alone', async () => {
    ran.length = 0;
    const plans = { a: plan('a', 'cheap'), b: plan('b', 'cheap') };
    await runLaws('checkAll', plans, { laws: ['b'] });
    expect(ran).toEqual(['b']);
  });

  it('divides the false alarms among the statistical laws that run', async () => {
    const told: number[] = [];
    const run = (falseAlarm: number) => void told.push(falseAlarm);
    const plans = {
      a: { cost: 'dear', isStatistical: true, run },
      b: { cost: 'dear', isStatistical: true, run },
      c: 'is not given',
      d: { cost: 'cheap', run },
    } as const;
    await runLaws('checkAll', plans, { laws: ['a', 'b', 'c'], falseAlarm: 0.01 });
    await runLaws('checkAll', plans, { laws: ['a'] });
    expect(told).toEqual([0.005, 0.005, 1e-6]);
  });

  it('skips a law that does not apply, and counts every other error', async () => {
    const plans = {
      kept: plan('kept', 'cheap'),
      mute: plan('mute', 'cheap', new LawNotApplicable('checkMute', 'a plate', 'none')),
      bad: plan('bad', 'cheap', new Error('It is 2.')),
      worse: { cost: 'dear', run: () => Promise.reject(new RangeError('It is 3.')) },
      untold: 'it is not given',
    } as const;
    const { message, broken, report } = await complaint(runLaws('checkAll', plans));
    expect(message).toBe('2 of 3 checks failed.\n- bad: It is 2.\n- worse: It is 3.');
    expect(broken.map(({ check }) => check)).toEqual(['bad', 'worse']);
    expect(report.passed).toEqual(['kept']);
    expect(report.skipped).toEqual([
      { check: 'untold', why: 'it is not given' },
      { check: 'mute', why: 'checkMute: expected a plate, but got none.' },
    ]);
  });

  it('says what is broken in bounded length, beginning and end', async () => {
    const long = (i: number) =>
      new Error(`The law ${'is long '.repeat(2000)} by ${i} and the cure stands last.`);
    const plans = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`law ${i}`, plan('', 'cheap', long(i))]),
    );
    const { message } = await complaint(runLaws('checkAll', plans));
    expect(message.length).toBeLessThan(6000);
    expect(message.match(/The law is long/g)).toHaveLength(20);
    expect(message.match(/the cure stands last\./g)).toHaveLength(20);
    const one = await complaint(runLaws('checkAll', plans, { laws: ['law 3'] }));
    expect(one.message.length).toBeLessThan(1200);
  });

  it('says once what several checks complain of', async () => {
    const plans = {
      a: plan('a', 'cheap', new Error('No such site.')),
      b: plan('b', 'cheap', new Error('It is 2.')),
      c: plan('c', 'cheap', new Error('No such site.')),
    };
    const { message } = await complaint(runLaws('checkAll', plans));
    expect(message).toBe('3 of 3 checks failed.\n- a, c: No such site.\n- b: It is 2.');
  });

  it('says nothing where no law applies, and that is no pass', async () => {
    const plans = { a: 'a is not given', b: 'b is not given' };
    const told = runLaws('checkAll', plans);
    await expect(told).rejects.toThrow(LawNotApplicable);
    await expect(told).rejects.toThrow('checkAll: expected a law that applies, but got none; a:');
  });

  it('names a check once in its sentence, which ends once', async () => {
    const none = new LawNotApplicable('checkMute', 'a plate', 'none');
    const told = runLaws('checkAll', { checkMute: plan('mute', 'cheap', none) });
    await expect(told).rejects.toThrow(
      /^checkAll: expected a law that applies, but got none; checkMute: expected a plate, but got none\.$/,
    );
  });

  it('refuses names that it does not have, and a budget of nothing', async () => {
    const plans: Readonly<Record<string, LawPlan>> = { a: plan('a', 'cheap') };
    await expect(runLaws('checkAll', plans, { laws: ['b'] })).rejects.toThrow(
      "checkAll: expected laws to be its checks, but got 'b'; it has a.",
    );
    await expect(runLaws('checkAll', plans, { laws: [] })).rejects.toThrow(RangeError);
    await expect(runLaws('checkAll', plans, { seconds: 0 })).rejects.toThrow(RangeError);
    await expect(runLaws('checkAll', plans, { seconds: NaN })).rejects.toThrow(RangeError);
  });
});

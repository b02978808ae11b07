/** Progress on a terminal: a bar where there is one, a line now and then where there is not. */
import { SingleBar } from 'cli-progress';
import type { Progress } from '../training/progress.js';

/** Shows progress until it is stopped. */
export interface ProgressBar {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

export interface ProgressBarOptions {
  /** What an element of the data is, such as `image`: losses are nats, and shown for one of them. */
  readonly per?: string;
  readonly stream?: NodeJS.WriteStream;
}

/** A terminal that was closed, or a pipe that nobody reads any more, must not end the run. */
const unheard = (stream: NodeJS.WriteStream): (() => void) => {
  const pass = (): void => undefined;
  stream.on('error', pass);
  // Errors come after the write that they are of.
  return () => void setImmediate(() => stream.off('error', pass));
};

const clock = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '--:--';
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** Penalties and errors of pixels may be far below 1. */
const shown = (loss: number): string =>
  Math.abs(loss) < 1 ? loss.toPrecision(2) : loss.toFixed(2);

const TENTHS = 10;

/**
 * A bar on standard error with loss, rate and time left; without a terminal, ten lines in all.
 *
 * @example
 * ```ts
 * Object.keys(progressBar({ per: 'image' })); // ['update', 'stop']
 * ```
 */
export const progressBar = ({
  per,
  stream = process.stderr,
}: ProgressBarOptions = {}): ProgressBar => {
  // Not every loss is a bound's, so without a word for its element it has no unit either.
  const lossOf = ({ loss, elements }: Progress): string =>
    per === undefined ? shown(loss) : `${(loss / elements).toFixed(2)} nats/${per}`;
  const facts = (p: Progress): string =>
    `loss ${lossOf(p)}, ${p.rate.toFixed(1)} steps/s, ${clock(p.secondsLeft)} left`;
  const stopped = unheard(stream);
  if (!stream.isTTY) {
    let told = 0;
    return {
      update: (p) => {
        const tenth = Math.floor((p.step / p.steps) * TENTHS);
        if (tenth === told) return;
        told = tenth;
        stream.write(`step ${p.step}/${p.steps}, epoch ${p.epoch}: ${facts(p)}\n`);
      },
      stop: stopped,
    };
  }
  const bar = new SingleBar({
    stream,
    format: '[{bar}] step {value}/{total}  epoch {epoch}  {facts}',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    hideCursor: true,
    barsize: 24,
  });
  let started = false;
  return {
    update: (p) => {
      const payload = { epoch: p.epoch, facts: facts(p) };
      if (started) bar.update(p.step, payload);
      else bar.start(p.steps, p.step, payload);
      started = true;
    },
    stop: () => {
      bar.stop();
      stopped();
    },
  };
};

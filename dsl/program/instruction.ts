/**
 * What a program asks of its interpreter. Each instruction is answered with one tensor.
 */
import type { Distribution } from '../law/distribution.js';
import type { Noise, Shape } from '../tensors/noise.js';
import type { ContinuousSupport } from '../supports/support.js';
import type { Tensor } from '../tensors/tensor.js';

/** A plate around an instruction; instructions carry theirs outermost first. */
export interface PlateFrame {
  readonly name: string;
  /** The full number of elements. */
  readonly size: number;
  /** How many of them this run visits; its length along the plate's axis. */
  readonly count: number;
  /** The axis asked for, counted from the right of the batch axes; −1 is the rightmost. */
  readonly axis?: number;
  /** Which elements this run visits, `[count]` int32; absent where it visits all, or where it does not matter. */
  readonly indices?: Tensor;
  /** Whether the engine drew them: model and guide then visit the same, by the plate's name. */
  readonly drawn?: true;
}

/** An initial value that is drawn rather than given. */
export interface Initializer {
  readonly shape: Shape;
  readonly noise: Noise;
  readonly push: (noise: Tensor) => Tensor;
}

/** What is known of a site: its value at the plate elements where `where` is 1. */
export interface Known {
  readonly value: Tensor;
  readonly where: Tensor;
}

export interface SampleInstruction {
  readonly op: 'sample';
  readonly name: string;
  readonly distribution: Distribution;
  readonly plates: readonly PlateFrame[];
  /** The given value of an observed site. */
  readonly observed?: Tensor;
  /** Of a latent site, what is known of it. */
  readonly known?: Known;
  /** Drawn, but neither scored nor recorded. */
  readonly hidden: boolean;
}

/** A draw that is no latent: neither scored nor recorded. */
export interface NoiseInstruction {
  readonly op: 'noise';
  readonly name: string;
  readonly distribution: Distribution;
  readonly plates: readonly PlateFrame[];
  /** The axes of the rows that it is drawn for beside its plates: those of a plate outside which it lies. */
  readonly rows?: Shape;
  /** What stands in its place at evaluation. */
  readonly evaluation?: Tensor;
  readonly evaluating: boolean;
}

/** Asks whether the program is trained: for one of two tensors. */
export interface InTrainingInstruction {
  readonly op: 'inTraining';
  readonly name: string;
  readonly training: Tensor;
  readonly otherwise: Tensor;
  readonly plates: readonly PlateFrame[];
  readonly evaluating: boolean;
}

/** Asks for the mean of a value over the elements of all plates, whose axes are kept with length 1. */
export interface RowMeanInstruction {
  readonly op: 'rowMean';
  readonly name: string;
  /** `[...left, ...rows, ...event]`. */
  readonly value: Tensor;
  readonly eventRank: number;
  readonly plates: readonly PlateFrame[];
  readonly evaluating: boolean;
}

export interface ParamInstruction {
  readonly op: 'param';
  readonly name: string;
  /** The initial value, in the support, without plate axes. */
  readonly init: Tensor | Initializer;
  readonly support: ContinuousSupport;
  /** The plates that hold one value an element; none for a shared parameter. */
  readonly plates: readonly PlateFrame[];
  readonly shared: boolean;
  /** Of a running average, which no optimiser moves: what is averaged, and the weight of the past. */
  readonly running?: { readonly value: Tensor; readonly momentum: number };
}

export interface DeterministicInstruction {
  readonly op: 'deterministic';
  readonly name: string;
  readonly value: Tensor;
  readonly plates: readonly PlateFrame[];
}

export interface FactorInstruction {
  readonly op: 'factor';
  readonly name: string;
  readonly logFactor: Tensor;
  readonly plates: readonly PlateFrame[];
  /** Whether it is a loss, with its sign turned, and so no log density. */
  readonly loss?: true;
}

/** Asks for `count` distinct indices out of `size`; model and guide get the same by name. */
export interface SubsampleInstruction {
  readonly op: 'subsample';
  readonly name: string;
  readonly size: number;
  readonly count: number;
}

export type Instruction =
  | SampleInstruction
  | NoiseInstruction
  | InTrainingInstruction
  | RowMeanInstruction
  | ParamInstruction
  | DeterministicInstruction
  | FactorInstruction
  | SubsampleInstruction;

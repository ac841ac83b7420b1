/** What every executor offers: the graph evaluator, the kernel interpreter, Dawn, and later CUDA. */
import type { DType, Grouping, InputSource } from "../src/graph/graph.ts";
import type { Quantized } from "../src/graph/quantize.ts";
import type { DeviceMemory } from "./ledger.ts";
import type { Tensor, Tensors } from "./tensor.ts";

export type TensorSpec = {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
};
export type InputSpec = TensorSpec & {
  /** How the host computes it where it is not given. */
  readonly source?: InputSource;
  /** Whole numbers that pick rows of a table are below this. */
  readonly below?: number;
};

/** One entry of a model (prefill, score or decode), as seen from outside. */
export type EntrySpec = {
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly states: readonly TensorSpec[];
};

/** Reads parameters by name, one at a time, as f32 in the model's own layout; asked once each. */
export type Weights = {
  read(name: string): Promise<Float32Array>;
  /** The parameter as it was quantised before; null where it was not, or otherwise than asked. */
  readQuantized?(name: string, grouping: Grouping): Promise<Quantized | null>;
};

/** Carried values on the executor's own memory: fresh ones are zero. A value: running an entry replaces its contents. */
export type StateHandle = { readonly batch: number; release(): void };

/** What a run took: on the device, or by the clock where the device tells no times. */
export type Elapsed = { readonly milliseconds: number; readonly by: "device" | "clock" };
/** The same of each step; by the clock, it holds what submitting and waiting for one takes. */
export type StepTimes = { readonly milliseconds: readonly number[]; readonly by: Elapsed["by"] };

export type Session = {
  readonly executor: string;
  readonly entries: Readonly<Record<string, EntrySpec>>;
  fresh(): StateHandle;
  copy(state: StateHandle): Promise<StateHandle>;
  download(state: StateHandle): Promise<Tensors>;
  upload(values: Tensors): Promise<StateHandle>;
  /** Runs one entry, replaces the state's contents, and reads back the outputs asked for. Inputs that have a source are filled in when absent. */
  run(
    entry: string,
    inputs: Tensors,
    state: StateHandle,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>>;
  /**
   * Measures the steps of an entry, run `times` times in a row on the inputs of its last run; reads nothing back and leaves
   * the state where it is, but for what steps update in place. Absent where a run tells nothing of a device.
   */
  time?(entry: string, state: StateHandle, times: number): Promise<Elapsed>;
  /** The same for each step by itself, run once in their order. */
  timeSteps?(entry: string, state: StateHandle): Promise<StepTimes>;
  /** What the session has allocated on its device. Absent where there is none. */
  memory?(): DeviceMemory;
  /** Waits for all work and frees everything. */
  release(): Promise<void>;
};

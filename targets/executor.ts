/** What every executor offers: the graph evaluator, the kernel interpreter, Dawn, and later CUDA. */
import type { DType, InputSource } from "../src/graph/graph.ts";
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
export type Weights = { read(name: string): Promise<Float32Array> };

/** Carried values on the executor's own memory: fresh ones are zero. A value: running an entry replaces its contents. */
export type StateHandle = { readonly batch: number; release(): void };

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
  /** Waits for all work and frees everything. */
  release(): Promise<void>;
};

/** What a compiled model needs to run, in a browser as in Node: no compiler, no file system. */

export type {
  CallOptions,
  GenerateOptions,
  ScoreOptions,
  Scores,
  StreamOptions,
} from "../targets/calls.ts";
export type { Session, StateHandle, Weights } from "../targets/executor.ts";
export { type Perplexity, perplexity } from "../targets/perplexity.ts";
export type { InputRows, Rows } from "../targets/rows.ts";
export type { Sampling } from "../targets/sampling.ts";
export { stackRows, takeRow } from "../targets/state.ts";
export { Stream } from "../targets/stream.ts";
export type { Tensor, Tensors } from "../targets/tensor.ts";
export { openBrowserDevice } from "../targets/wgsl/browser.ts";
export { loadSession } from "../targets/wgsl/session.ts";
export type { Bundle } from "./bundle/bundle.ts";
export { type LoadBundleOptions, type LoadedBundle, loadBundle } from "./execute/load-bundle.ts";
export { UserError } from "./graph/bug.ts";
export { mapNames } from "./weights/names.ts";

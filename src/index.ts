/** The library: compile a model, run it, keep its state. `eyrie/testing` and `eyrie/runtime` stand beside it. */

export { type Caps, minimumCaps } from "../codegen/kernel.ts";
export type { Diagnostic } from "../dsl/diagnostics.ts";
export type { Initializer, Model, ParameterSpec, Settings, SettingValue } from "../dsl/model.ts";
export { renderDiagnostics } from "../dsl/render.ts";
export { standardLibrary } from "../dsl/standard-node.ts";
export type { EntrySpec, Session, StateHandle, Weights } from "../targets/executor.ts";
export { perplexity } from "../targets/perplexity.ts";
export { stackRows, takeRow } from "../targets/state.ts";
export { Stream } from "../targets/stream.ts";
export type { Tensor, Tensors } from "../targets/tensor.ts";
export { type DeviceProfile, profileNames, profiles } from "../targets/wgsl/profiles.ts";
export { bundleOf } from "./bundle/of-compiled.ts";
export { readBundle } from "./bundle/read.ts";
export { writeBundle } from "./bundle/write.ts";
export type { Compiled, CompiledEntry, CompileOptions, CompileResult, Source } from "./compile.ts";
export { check, compile } from "./compile.ts";
export {
  type Executor,
  type ExecutorName,
  type ExecutorOptions,
  openExecutor,
} from "./execute/executors.ts";
export { type OpenedAny, openAny } from "./execute/open-any.ts";
export {
  DiagnosticsError,
  type ModelRequest,
  type OpenedModel,
  openModel,
} from "./execute/open-model.ts";
export { type EntryProfile, type ProfileOptions, profileEntry } from "./execute/profile.ts";
export { capsFor, findProfile } from "./execute/profiles.ts";
export {
  type ExplainOptions,
  type Explanation,
  explain,
  type PrintOptions,
  printExplanation,
} from "./explain.ts";
export { UserError } from "./graph/bug.ts";
export type { Precision, PrecisionName } from "./passes/precision.ts";
export type { DeviceIdentity } from "./tune/device.ts";
export { measureFigures } from "./tune/figures.ts";
export {
  type DeviceFigures,
  mergeSchedules,
  parseSchedules,
  readSchedules,
  type ScheduleFile,
  type TunedRegions,
  writeSchedules,
} from "./tune/file.ts";
export { type DeviceSchedules, schedulesFor } from "./tune/lookup.ts";
export { type Checkpoint, openCheckpoint } from "./weights/checkpoint.ts";
export { writeSafetensors, writeWeights } from "./weights/file.ts";
export { initialWeights } from "./weights/initialize.ts";
export { mapNames } from "./weights/names.ts";
export { restoreState, saveState } from "./weights/state-file.ts";

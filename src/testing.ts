/** What people need to test generated models with mocha: one device, random weights by seed, readable comparisons, equivalences. */

import { standardLibrary } from "../dsl/standard-node.ts";
import type { Session } from "../targets/executor.ts";
import type { Tensor, TensorData } from "../targets/tensor.ts";
import { type Compiled, type CompileOptions, compile, type Source } from "./compile.ts";
import { type Executor, type ExecutorOptions, openExecutor } from "./execute/executors.ts";
import { DiagnosticsError, weightsFor } from "./execute/open-model.ts";
import { type AgreementOptions, assertSessionAgrees } from "./testing/agreement.ts";

export {
  type AgreementOptions,
  assertSessionAgrees,
  assertStreamsAgree,
  type StreamsOptions,
} from "./testing/agreement.ts";

const open = new Map<string, Promise<Executor>>();

/** The executor of this process, opened once for each kind; release it in an `after` hook with releaseExecutors(). */
export function sharedExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const key = `${options.executor ?? "wgsl"} ${options.adapter ?? ""}`;
  const known = open.get(key) ?? openExecutor(options);
  open.set(key, known);
  return known;
}

export async function releaseExecutors(): Promise<void> {
  const opened = [...open.values()];
  open.clear();
  for (const executor of opened) await (await executor).release();
}

export type ModelUnderTest = {
  readonly compiled: Compiled;
  readonly session: Session;
  release(): Promise<void>;
};

/** Compiles a source and loads it with random weights (or a checkpoint's). Throws DiagnosticsError. */
export async function loadForTest(
  executor: Executor,
  source: Source,
  options: Omit<CompileOptions, "standard" | "caps"> & {
    readonly weights?: string | { readonly seed: number };
  } = {},
): Promise<ModelUnderTest> {
  const standard = standardLibrary();
  const { weights: from = { seed: 0 }, ...rest } = options;
  const { compiled, diagnostics } = compile([source], { ...rest, standard, caps: executor.caps });
  if (!compiled) throw new DiagnosticsError(diagnostics, [...standard, source]);
  const { weights, close } = await weightsFor(compiled, from);
  const session = await executor.load(compiled, weights).finally(close);
  return { compiled, session, release: () => session.release() };
}

/** Fails with the worst element, its index and how many are off, when any differs by more than `tolerance`. */
export function assertClose(
  got: Tensor | TensorData,
  want: Tensor | TensorData,
  tolerance: number,
  what = "values",
): void {
  const a = "shape" in got ? got.data : got;
  const b = "shape" in want ? want.data : want;
  const shape = "shape" in want ? want.shape : [b.length];
  if (a.length !== b.length) throw new Error(`${what}: ${a.length} values, expected ${b.length}`);
  let worst = -1;
  let error = tolerance;
  let off = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN));
    if (difference <= tolerance) continue;
    off++;
    if (Number.isNaN(difference) || difference > error) {
      worst = i;
      error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    }
  }
  if (off > 0)
    throw new Error(
      `${what}: ${off} of ${b.length} values differ by more than ${tolerance}; the worst at [${placeOf(worst, shape).join(", ")}] is ${a[worst]}, expected ${b[worst]} (off by ${error})`,
    );
}

function placeOf(index: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/**
 * Compiles a source for three rows and chunks of 8 (unless the options say otherwise), loads it with random weights, and checks with random
 * tokens and inputs that it gives the same however it is fed; see assertSessionAgrees, whose largest absolute difference it gives.
 * Throws DiagnosticsError where the source has mistakes.
 */
export async function assertEntriesAgree(
  executor: Executor,
  source: Source,
  options: Parameters<typeof loadForTest>[2] & AgreementOptions,
): Promise<number> {
  const model = await loadForTest(executor, source, { batch: 3, chunk: 8, ...options });
  return assertSessionAgrees(model.session, options).finally(() => model.release());
}

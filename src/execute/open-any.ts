/** Opens a model file or a bundle's folder as one kind of thing that can be run. Node only. */
import { stat } from "node:fs/promises";
import type { Session } from "../../targets/executor.ts";
import { readBundle } from "../bundle/read.ts";
import { UserError } from "../graph/bug.ts";
import { openBundle } from "./open-bundle.ts";
import { type ModelRequest, openModel } from "./open-model.ts";

export type OpenedAny = {
  readonly name: string;
  readonly describe: string;
  readonly weights: string;
  readonly context: number | null;
  readonly session: Session;
  release(): Promise<void>;
};

/** A folder is a bundle; anything else is a model's text. */
export async function openAny(request: ModelRequest): Promise<OpenedAny> {
  if ((await stat(request.model).catch(() => null))?.isDirectory()) {
    if ((request.executor ?? "wgsl") !== "wgsl")
      throw new UserError("a bundle holds kernels for WebGPU only; leave --executor out");
    refuseCompileOptions(request);
    return openBundle(await readBundle(request.model), request);
  }
  const { compiled, executor, session, weights, release } = await openModel(request);
  return {
    name: compiled.model.name,
    describe: executor.describe,
    weights,
    context: compiled.model.context,
    session,
    release,
  };
}

const compileOptions = [
  ...(["item", "config", "batch", "chunk", "context", "precision", "schedules"] as const),
] as const;

/** A bundle was compiled before: what says how to compile would go unheard. */
export function refuseCompileOptions(
  request: Pick<ModelRequest, (typeof compileOptions)[number] | "settings">,
): void {
  const given: readonly string[] = compileOptions.filter((name) => request[name] !== undefined);
  const flags = [...given, ...(Object.keys(request.settings ?? {}).length > 0 ? ["set"] : [])].map(
    (name) => `--${name}`,
  );
  if (flags.length > 0)
    throw new UserError(
      `a bundle is compiled already; leave ${flags.join(" and ")} out, or give the .eyrie file`,
    );
}

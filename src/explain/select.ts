/** Finds what a name means in a compiled model, and which regions have to do with it. */
import { nearNames } from "../../dsl/suggest.ts";
import type { Compiled } from "../compile.ts";
import { UserError } from "../graph/bug.ts";
import type { Node } from "../graph/graph.ts";
import type { ValueNames } from "../graph/value-names.ts";
import type { Region } from "../passes/regions.ts";

/** The paths that a name stands for: that very path, else all that end with it, else all below it. UserError where there is none. */
export function pathsOf({ model }: Compiled, name: string): readonly string[] {
  const known = [
    ...Object.keys(model.values),
    ...Object.keys(model.graph.outputs),
    ...model.parameters.map((p) => p.name),
    ...model.graph.states.map((s) => s.name),
  ];
  const all = [...new Set(known)];
  const tries = [
    (path: string) => path === name,
    (path: string) => path.endsWith(`.${name}`),
    (path: string) => path.startsWith(`${name}.`),
  ];
  for (const fits of tries) {
    const found = all.filter(fits);
    if (found.length > 0) return found;
  }
  const near = nearNames(name, [...new Set(all.flatMap((path) => [path, lastOf(path)]))]);
  throw new UserError(
    `${model.name} has no value "${name}"${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`,
  );
}

const lastOf = (path: string) => path.slice(path.lastIndexOf(".") + 1);

const isLeaf = (node: Node) =>
  node.op === "parameter" || node.op === "input" || node.op === "state";

/** Whether a region computes one of the values, or reads one of the parameters, inputs and states. */
export function concerns(region: Region, paths: ReadonlySet<string>, names: ValueNames): boolean {
  const has = (node: Node) => names.of(node).some((path) => paths.has(path));
  return region.body.some(has) || region.inputs.some((node) => isLeaf(node) && has(node));
}

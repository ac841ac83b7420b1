/** What a call's name stands for, and what can be given to it by name. */
import { primitive } from "../elaborate/primitives/all.ts";
import { primitiveDocs } from "../primitive-docs.ts";
import { named, siteOf } from "./candidates.ts";
import { scopeOf } from "./scopes.ts";
import { type Definition, optionDefinition, type Scope } from "./symbols.ts";
import { isPrimitive, lookUp, lookUpOutside, type World } from "./world.ts";

/** What a called name stands for: a local one where it can be called, else an item, else the language's own. */
export function calleeOf(world: World, scope: Scope, name: string): readonly Definition[] {
  const local = scope.names.get(name);
  const item = world.item(name, scope.item.span.file);
  const isHidden = local && (item || isPrimitive(name)) && !mayBeBlock(world, scope, local);
  return isHidden ? lookUpOutside(world, scope.item.span.file, name) : lookUp(world, scope, name);
}

const mayBeBlock = (world: World, scope: Scope, local: Definition): boolean =>
  local.kind === "argument" ||
  (local.kind === "setting" &&
    local.formal.type.kind === "setting" &&
    local.formal.type.of === "block") ||
  named(world, siteOf(scope.item), local.name).length > 0;

/** Everything that can be given by name to what a name calls. */
export function settingsOf(world: World, scope: Scope, callee: string): readonly Definition[] {
  const [target] = calleeOf(world, scope, callee);
  if (!target) return [];
  if (target.kind === "primitive") {
    const options = primitive(callee)?.named ?? Object.keys(primitiveDocs[callee]?.settings ?? {});
    return options.map((option) => optionDefinition(option, callee));
  }
  const items =
    target.kind === "function" || target.kind === "block"
      ? [target.item]
      : named(world, siteOf(scope.item), callee).map((site) => site.scope.item);
  return items.flatMap((item) =>
    [...scopeOf(item).names.values()].filter((d) => d.kind === "setting" || d.kind === "argument"),
  );
}

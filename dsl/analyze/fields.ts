/** Which records a name may stand for, and so what a field of it means. */
import type { Expr, Name } from "../syntax.ts";
import { named, type Site, siteOf } from "./candidates.ts";
import { scopeOf } from "./scopes.ts";
import type { Definition, Scope } from "./symbols.ts";
import type { World } from "./world.ts";

/** The fields of what a name of a body stands for. */
export function fieldsOfName(world: World, scope: Scope, name: string): readonly Definition[] {
  return fieldsNamed(world, siteOf(scope.item), name, new Set());
}

/** `seen` are the expressions on the way: names may need each other. */
function fieldsNamed(
  world: World,
  site: Site,
  name: string,
  seen: Set<Expr>,
): readonly Definition[] {
  const local = site.scope.names.get(name);
  return local?.kind === "value" && local.statement.kind === "let"
    ? fieldsOf(world, site, local.statement.value, seen)
    : [];
}

function fieldsOf(world: World, site: Site, expr: Expr, seen: Set<Expr>): readonly Definition[] {
  if (seen.has(expr)) return [];
  seen.add(expr);
  switch (expr.kind) {
    case "record":
      return made(site.scope, expr.fields);
    case "name":
      return fieldsNamed(world, site, expr.name, seen);
    case "if":
      return [
        ...fieldsOf(world, site, expr.then, seen),
        ...fieldsOf(world, site, expr.otherwise, seen),
      ];
    case "call":
      return fieldsOfCall(world, site, expr.callee.text, seen);
    case "number":
    case "flag":
    case "field":
    case "list":
    case "negate":
    case "not":
    case "binary":
      return [];
  }
}

function fieldsOfCall(world: World, site: Site, callee: string, seen: Set<Expr>) {
  const item = site.scope.names.has(callee) ? null : world.item(callee, site.scope.item.span.file);
  if (item?.kind === "function")
    return item.body.result ? fieldsOf(world, siteOf(item), item.body.result, seen) : [];
  return named(world, site, callee).flatMap(({ scope }) => promised(scope));
}

/** The fields that a block promises. */
export function promised({ item }: Scope): readonly Definition[] {
  if (item.kind !== "block" || item.result.kind !== "record") return [];
  return made(scopeOf(item), item.result.fields);
}

const made = (scope: Scope, fields: readonly { readonly name: Name }[]): readonly Definition[] =>
  fields.flatMap(({ name }) => scope.made.get(name) ?? []);

type RecordExpr = Extract<Expr, { kind: "record" }>;

/** The record literals that a body ends with, by which a promised field gets its value. */
function finalRecords(scope: Scope, expr: Expr, seen = new Set<Expr>()): readonly RecordExpr[] {
  if (seen.has(expr)) return [];
  seen.add(expr);
  switch (expr.kind) {
    case "record":
      return [expr];
    case "if":
      return [expr.then, expr.otherwise].flatMap((branch) => finalRecords(scope, branch, seen));
    case "name": {
      const local = scope.names.get(expr.name);
      return local?.kind === "value" && local.statement.kind === "let"
        ? finalRecords(scope, local.statement.value, seen)
        : [];
    }
    case "number":
    case "flag":
    case "field":
    case "list":
    case "negate":
    case "not":
    case "binary":
    case "call":
      return [];
  }
}

/** For each field of those records, the field that the block promises under its name. */
export function keptPromises(scope: Scope): ReadonlyMap<Name, Definition> {
  const { item } = scope;
  const kept = new Map<Name, Definition>();
  if (item.kind !== "block" || !item.body.result) return kept;
  const fields = promised(scope);
  for (const { fields: given } of finalRecords(scope, item.body.result))
    for (const { name } of given) {
      const field = fields.find((definition) => definition.name === name.text);
      if (field) kept.set(name, field);
    }
  return kept;
}

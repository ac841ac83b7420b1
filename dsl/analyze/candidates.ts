/** Which blocks an expression may stand for, as far as the text alone tells: every branch and every layer of a pattern counts. */
import type { Expr, Item } from "../syntax.ts";
import { scopeOf } from "./scopes.ts";
import type { CallExpr, Scope } from "./symbols.ts";
import type { World } from "./world.ts";

/** A body and what its block and pattern settings were given, each with the body that gave it. */
export type Site = { readonly scope: Scope; readonly given: ReadonlyMap<string, Given> };
type Given = { readonly expr: Expr; readonly from: Site };

/** Most blocks of one expression that are kept. */
const limit = 32;

const bare = new WeakMap<Scope, Site>();

/** A body that nobody called. */
export function siteOf(item: Item): Site {
  const scope = scopeOf(item);
  const found = bare.get(scope) ?? { scope, given: new Map() };
  bare.set(scope, found);
  return found;
}

type Known = WeakMap<Site, Map<Expr, readonly Site[]>>;
const knownOf = new WeakMap<World, Known>();

/** The blocks that an expression of a body may be, each once; found once, so that names which need each other end. */
export function candidates(world: World, site: Site, expr: Expr): readonly Site[] {
  const known: Known = knownOf.get(world) ?? new WeakMap();
  knownOf.set(world, known);
  const ofSite = known.get(site) ?? new Map<Expr, readonly Site[]>();
  known.set(site, ofSite);
  const before = ofSite.get(expr);
  if (before) return before;
  ofSite.set(expr, []);
  const found = few(find(world, site, expr));
  ofSite.set(expr, found);
  return found;
}

function find(world: World, site: Site, expr: Expr): readonly Site[] {
  const of = (inner: Expr) => candidates(world, site, inner);
  switch (expr.kind) {
    case "name":
      return named(world, site, expr.name);
    case "call":
      return called(world, site, expr);
    case "if":
      return [...of(expr.then), ...of(expr.otherwise)];
    case "binary":
      return [...of(expr.left), ...of(expr.right)];
    case "list":
      return expr.items.flatMap(of);
    case "number":
    case "flag":
    case "field":
    case "record":
    case "negate":
    case "not":
      return [];
  }
}

const few = (sites: readonly Site[]): readonly Site[] => [...new Set(sites)].slice(0, limit);

/** The blocks that a callee's name may be. */
export function named(world: World, site: Site, name: string): readonly Site[] {
  const local = site.scope.names.get(name);
  if (local?.kind === "value" && local.statement.kind === "let")
    return candidates(world, site, local.statement.value);
  if (local?.kind === "setting" || local?.kind === "argument") {
    const given = site.given.get(name);
    if (given) return candidates(world, given.from, given.expr);
    return few(fallbacks(world, site, name).flatMap((e) => candidates(world, site, e)));
  }
  if (local) return [];
  const item = world.item(name, site.scope.item.span.file);
  return item?.kind === "block" ? [siteOf(item)] : [];
}

/** What a setting is where nobody gives it: its fallback, and for a model what its configurations say. */
function fallbacks(world: World, { scope }: Site, name: string): readonly Expr[] {
  const { item } = scope;
  if (item.kind !== "block" && item.kind !== "model") return [];
  const own = item.parameters.find((formal) => formal.name.text === name)?.fallback;
  const configs = item.kind === "model" ? world.configs(item) : [];
  const configured = configs.flatMap(({ settings }) =>
    settings.flatMap((setting) => (setting.name.text === name ? [setting.value] : [])),
  );
  return own ? [own, ...configured] : configured;
}

/** A call without tensors is a block value with more settings given; with them it is no block any more. */
function called(world: World, site: Site, expr: CallExpr): readonly Site[] {
  const [first] = expr.args;
  if (isShare(world, site.scope, expr)) return first ? candidates(world, site, first) : [];
  if (first) return [];
  return named(world, site, expr.callee.text).map((block) => withGiven(block, expr, site));
}

/** A block with the settings of one call. */
export const withGiven = (block: Site, call: CallExpr, from: Site): Site => ({
  scope: block.scope,
  given: new Map([
    ...block.given,
    ...call.named.map(({ name, value }) => [name.text, { expr: value, from }] as const),
  ]),
});

const isOwn = (world: World, scope: Scope, name: string, call: CallExpr): boolean =>
  call.callee.text === name &&
  !scope.names.has(name) &&
  world.item(name, scope.item.span.file) === null;
/** `share(block)`, unless the text defines the word for itself. */
export const isShare = (world: World, scope: Scope, call: CallExpr): boolean =>
  isOwn(world, scope, "share", call);
/** `stack(…)`, likewise. */
export const isStack = (world: World, scope: Scope, call: CallExpr): boolean =>
  isOwn(world, scope, "stack", call);

/** Follows a parameter's path, `layers.{i}.norm.scale`, from a model's body inwards, and says what each of its parts names. */
import type { Item, ModelItem, Name, NameRule, Span } from "../syntax.ts";
import { candidates, isShare, isStack, named, type Site, siteOf, withGiven } from "./candidates.ts";
import type { CallExpr, Definition, Instance, Scope } from "./symbols.ts";
import { definitionOf, type World } from "./world.ts";

export type Segment = {
  readonly text: string;
  readonly span: Span;
  readonly definitions: readonly Definition[];
};

/** Most bodies that one part of a path is looked for in. */
const mostBodies = 64;

const isIndex = (text: string): boolean => /^(\d+|\{\w+\})$/.test(text);

/** The parts of a rule's path but for its indices, each with all that it means in these models. */
export function segmentsOf(
  world: World,
  models: readonly ModelItem[],
  rule: NameRule,
): readonly Segment[] {
  const parts = split(rule.path);
  let sites = models.map(siteOf);
  return parts.flatMap(({ text, span }) => {
    if (isIndex(text)) return [];
    const steps = sites.map((site) => step(world, site, text));
    sites = [...new Set(steps.flatMap(({ into }) => into))].slice(0, mostBodies);
    return { text, span, definitions: [...new Set(steps.flatMap(({ means }) => means))] };
  });
}

function split({ text, span }: Name): { text: string; span: Span }[] {
  let from = span.from;
  return text.split(".").map((part) => {
    const at = { ...span, from, to: from + part.length };
    from += part.length + 1;
    return { text: part, span: at };
  });
}

type Step = { readonly means: readonly Definition[]; readonly into: readonly Site[] };

/** What a part of a path is in one body: a parameter, or an instance and the bodies inside it. */
function step(world: World, site: Site, text: string): Step {
  const local = site.scope.names.get(text);
  const steps = site.scope.instances.flatMap((instance) => {
    const found = instanceStep(world, site, instance, text);
    return found ? [found] : [];
  });
  return {
    means: [...(local?.kind === "param" ? [local] : []), ...steps.flatMap(({ means }) => means)],
    into: steps.flatMap(({ into }) => into),
  };
}

function instanceStep(world: World, site: Site, instance: Instance, text: string): Step | null {
  const { call, label } = instance;
  if (label && label.name !== text) return null;
  const blocks = bodiesOf(world, site, instance);
  if (label) return { means: [label], into: blocks };
  if (isStack(world, site.scope, call))
    return call.callee.text === text ? { means: [], into: blocks } : null;
  const same = blocks.filter(
    ({ scope: { item } }) =>
      item.kind === "block" && item.name.text === text && isApplied(item, call),
  );
  const means = same.flatMap(({ scope }) => definitionOf(scope.item) ?? []);
  return same.length > 0 ? { means, into: same } : null;
}

/** Without the tensors that it takes, a call is a block value and no instance. */
const isApplied = (item: Item, { args }: CallExpr): boolean =>
  args.length > 0 ||
  (item.kind === "block" && item.parameters.every(({ type }) => type.kind !== "tensor"));

/** What a body's instances without labels are called, by the blocks that they apply. */
export function unlabelledNames(world: World, scope: Scope): ReadonlySet<string> {
  const site = siteOf(scope.item);
  return new Set(
    scope.instances.flatMap((instance) =>
      instance.label
        ? []
        : bodiesOf(world, site, instance)
            .map((body) => body.scope.item)
            .filter((item) => isApplied(item, instance.call))
            .flatMap((item) => (item.kind === "config" ? [] : item.name.text)),
    ),
  );
}

const knownBodies = new WeakMap<World, WeakMap<Site, Map<CallExpr, readonly Site[]>>>();

/** The bodies that an instance runs: its block's, or those of a stack's layers. */
export function bodiesOf(world: World, site: Site, { call }: Instance): readonly Site[] {
  const known = knownBodies.get(world) ?? new WeakMap<Site, Map<CallExpr, readonly Site[]>>();
  knownBodies.set(world, known);
  const ofSite = known.get(site) ?? new Map<CallExpr, readonly Site[]>();
  known.set(site, ofSite);
  const found = ofSite.get(call) ?? findBodies(world, site, call);
  ofSite.set(call, found);
  return found;
}

function findBodies(world: World, site: Site, call: CallExpr): readonly Site[] {
  if (isStack(world, site.scope, call))
    return call.args.slice(1).flatMap((arg) => candidates(world, site, arg));
  if (isShare(world, site.scope, call))
    return call.args.slice(0, 1).flatMap((arg) => candidates(world, site, arg));
  return named(world, site, call.callee.text).map((block) => withGiven(block, call, site));
}

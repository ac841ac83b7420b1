/** Elaborates a file for its reader: every model for one token, and blocks that no model uses with stand-in sizes. */
import { flopsOf } from "../../src/graph/cost.ts";
import { topological } from "../../src/graph/walk.ts";
import { checkBlock } from "../elaborate/check.ts";
import { Library } from "../elaborate/library.ts";
import type { BlockCall } from "../elaborate/observe.ts";
import { elaborate } from "../elaborate.ts";
import type { Model } from "../model.ts";
import type { BlockItem, File, ModelItem } from "../syntax.ts";
import { type Facts, factLimit, type ModelFact, type UseFact } from "./facts.ts";
import { Watch } from "./watch.ts";

/** One token of one row; attention without a window sees `context` tokens. */
const sizes = { batch: 1, tokens: 1, chunk: 1, context: 2048 };

/** What is known of `own` beside the standard files in `files`. */
export function observe(files: readonly File[], own: File): Facts {
  const watch = new Watch();
  const models = own.items.filter((item) => item.kind === "model");
  const found = models.flatMap((model) => modelFact(files, model, null, watch) ?? []);
  const library = new Library(files);
  for (const item of own.items)
    if (item.kind === "block" && !watch.has(item.name.span) && !isSeen(watch, item))
      checkBlock(library, item, watch);
  return { values: watch.facts(), models: found };
}

/** The same models as each of their configurations has them, one at a time: what they cost, nothing more. */
export function* observeConfigs(files: readonly File[], own: File): Generator<ModelFact> {
  const models = own.items.filter((item) => item.kind === "model");
  for (const item of own.items) {
    if (item.kind !== "config") continue;
    const model = models.find(({ name }) => name.text === item.model.text);
    const fact = model && modelFact(files, model, item.title.text, new Watch());
    if (fact) yield fact;
  }
}

/** Whether some model ran a block: then its tensors have values. */
const isSeen = (watch: Watch, block: BlockItem): boolean =>
  block.parameters.some(({ name, type }) => type.kind === "tensor" && watch.has(name.span));

function modelFact(
  files: readonly File[],
  { name }: ModelItem,
  config: string | null,
  watch: Watch,
): ModelFact | null {
  const before = watch.calls.length;
  const chosen = config === null ? {} : { config };
  const { model } = elaborate(files, name.text, { ...sizes, ...chosen, observe: watch });
  if (!model) return null;
  const size = new Map(
    model.parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]),
  );
  const flops = flopsById(model);
  return {
    model: name.span,
    name: name.text,
    config,
    parameters: sum(size.values()),
    flops: sum(flops.values()),
    uses: usesOf(watch.calls.slice(before), size, flops),
    paths: [...new Set([...size.keys()].map((path) => path.replace(/\.\d+(?=\.|$)/g, ".{i}")))],
  };
}

/** The cost of every node that the model needs. */
const flopsById = ({ graph }: Model): ReadonlyMap<number, number> =>
  new Map(topological(graph).map((node) => [node.id, flopsOf(node)]));

function usesOf(
  calls: readonly BlockCall[],
  size: ReadonlyMap<string, number>,
  flops: ReadonlyMap<number, number>,
): readonly UseFact[] {
  const byBlock = new Map<BlockItem, BlockCall[]>();
  for (const call of calls) {
    const known = byBlock.get(call.item);
    if (known) known.push(call);
    else byBlock.set(call.item, [call]);
  }
  const flopsIn = (ids: Iterable<number>) => sum([...ids].map((id) => flops.get(id) ?? 0));
  const sizesOf = (names: Iterable<string>) => sum([...names].map((name) => size.get(name) ?? 0));
  return [...byBlock].map(([item, all]) => ({
    block: item.name.span,
    instances: all.length,
    parameters: sizesOf(new Set(all.flatMap(({ parameters }) => parameters))),
    flops: flopsIn(new Set(all.flatMap(idsOf))),
    each: {
      parameters: different(all.map(({ parameters }) => sizesOf(parameters))),
      flops: different(all.map((call) => flopsIn(idsOf(call)))),
    },
  }));
}

const idsOf = ({ from, to }: BlockCall): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);
const different = (numbers: readonly number[]): readonly number[] =>
  [...new Set(numbers)].sort((a, b) => a - b).slice(0, factLimit);
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

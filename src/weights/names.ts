/** Finds a model's parameters in a checkpoint by name tables, and turns stored tensors into the model's own layout. Knows no file format. */
import { nearNames } from "../../dsl/suggest.ts";
import type { Weights } from "../../targets/executor.ts";
import { UserError } from "../graph/bug.ts";
import { type Layout, layoutOf, readInLayout } from "./layout.ts";
import { quantizationOf, quantizedWeights } from "./quantized.ts";
import type { Checkpoint } from "./tensors.ts";

/** What a NameRule says without its places in the text: both a model's tables and a bundle's fit. */
export type LoadRule = {
  readonly path: { readonly text: string };
  readonly source: { readonly text: string };
  readonly index: number | null;
  readonly transpose: boolean;
};
export type LoadTable = { readonly name: string; readonly rules: readonly LoadRule[] };
export type Parameter = { readonly name: string; readonly shape: readonly number[] };

/** Weights, and what a caller may want to say about them. */
export type MappedWeights = Weights & {
  /** The table that fits, or "own" where the checkpoint uses the model's own names. */
  readonly table: string;
  /** Tensors of the checkpoint that no parameter takes. */
  readonly unused: readonly string[];
};

/** Where a checkpoint may hold a parameter. */
export type Origin = {
  readonly source: string;
  readonly index: number | null;
  readonly transpose: boolean;
};
type Found = { readonly origins: ReadonlyMap<string, Origin>; readonly missing: readonly string[] };

/** A quantised checkpoint is read as one. Else takes the model's own names, else the first table under which the checkpoint has every parameter; checks every shape before anything is read. */
export function mapNames(
  parameters: readonly Parameter[],
  tables: readonly LoadTable[],
  checkpoint: Checkpoint,
): MappedWeights {
  const quantization = quantizationOf(checkpoint);
  if (quantization) {
    const weights = quantizedWeights(parameters, quantization, checkpoint);
    return { ...weights, table: "own", unused: [] };
  }
  const misses: Miss[] = [];
  for (const table of [null, ...tables]) {
    const { origins, missing } = find(parameters, table, checkpoint);
    if (missing.length === 0)
      return weightsOf(parameters, origins, table?.name ?? "own", checkpoint);
    misses.push(missOf(table?.name ?? null, missing, checkpoint));
  }
  const [best] = misses.toSorted((a, b) => a.lacks - b.lacks || b.near - a.near);
  throw new UserError(
    `${checkpoint.path} does not hold this model's parameters: ${best?.words}; check the file and the model's settings`,
  );
}

function find(
  parameters: readonly Parameter[],
  table: LoadTable | null,
  checkpoint: Checkpoint,
): Found {
  const origins = new Map<string, Origin>();
  const missing: string[] = [];
  const under = table && originsUnder(table, parameters);
  for (const [at, { name }] of parameters.entries()) {
    const choices = under?.[at] ?? [own(name)];
    const found = choices.find(({ source }) => checkpoint.tensors.has(source));
    if (found !== undefined) origins.set(name, found);
    else missing.push(choices[0]?.source ?? `${name} (the table has no rule for it)`);
  }
  return { origins, missing };
}

/** Where each parameter may be under a table's names, in the order of the parameters; the first that a checkpoint has counts. */
export function originsUnder(
  table: LoadTable,
  parameters: readonly Parameter[],
): readonly (readonly Origin[])[] {
  const rules = table.rules.map((rule) => ({ rule, pattern: patternOf(rule.path.text) }));
  return parameters.map(({ name }) => originsOf(name, rules));
}

const own = (name: string): Origin => ({ source: name, index: null, transpose: false });

/** `layers.{i}.norm.scale` as a pattern whose groups are the indices. */
function patternOf(path: string): RegExp {
  const parts = path.split(/\{(\w+)\}/);
  const seen = new Set<string>();
  const text = parts.map((part, at) => {
    if (at % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    if (seen.has(part)) return `\\k<${part}>`;
    seen.add(part);
    return `(?<${part}>\\d+)`;
  });
  return new RegExp(`^${text.join("")}$`);
}

function originsOf(name: string, rules: readonly { rule: LoadRule; pattern: RegExp }[]): Origin[] {
  return rules.flatMap(({ rule, pattern }) => {
    const match = pattern.exec(name);
    if (match === null) return [];
    const source = rule.source.text.replace(
      /\{(\w+)\}/g,
      (whole, index: string) => match.groups?.[index] ?? whole,
    );
    return [{ source, index: rule.index, transpose: rule.transpose }];
  });
}

/** What a checkpoint lacks under one set of names: how much, how much of it has near names, and both in words. */
type Miss = { readonly lacks: number; readonly near: number; readonly words: string };

function missOf(table: string | null, missing: readonly string[], checkpoint: Checkpoint): Miss {
  const first = missing.slice(0, 3).map((name) => {
    return { name, near: nearNames(name, checkpoint.tensors.keys())[0] };
  });
  const listed = first.map(({ name, near }) => (near ? `${name} (near: ${near})` : name));
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  const names = table === null ? "the model's own names" : `the names "${table}"`;
  return {
    lacks: missing.length,
    near: first.filter(({ near }) => near !== undefined).length,
    words: `under ${names} it lacks ${listed.join(", ")}${more}`,
  };
}

function weightsOf(
  parameters: readonly Parameter[],
  origins: ReadonlyMap<string, Origin>,
  table: string,
  checkpoint: Checkpoint,
): MappedWeights {
  const layouts = new Map<string, Layout>();
  for (const { name, shape } of parameters) {
    const { source, index, transpose } = origins.get(name)!;
    const stored = checkpoint.tensors.get(source)!;
    layouts.set(
      name,
      layoutOf({ parameter: name, shape, source, stored, index, transpose, path: checkpoint.path }),
    );
  }
  const used = new Set([...origins.values()].map(({ source }) => source));
  return {
    table,
    unused: [...checkpoint.tensors.keys()].filter((name) => !used.has(name)),
    read: async (name) => {
      const layout = layouts.get(name);
      if (layout === undefined) throw new UserError(`the model has no parameter "${name}"`);
      return readInLayout(layout, checkpoint);
    },
  };
}

/** What models and blocks cost, in words: parameters and arithmetic for one token. */
import type { ModelFact, UseFact } from "../../dsl/analyze/facts.ts";
import type { Span } from "../../dsl/syntax.ts";
import { type Known, moved, moverTo, type View } from "./view.ts";

const grouped = (n: number): string => n.toLocaleString("en-US");
const count = (n: number, noun: string): string => `${grouped(n)} ${noun}${n === 1 ? "" : "s"}`;

const units = ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"] as const;

/** "3.1 MFLOP" */
export function flopsText(flops: number): string {
  const power = Math.min(
    Math.max(Math.floor(Math.log10(Math.max(flops, 1)) / 3), 0),
    units.length - 1,
  );
  const scaled = flops / 1000 ** power;
  return `${power === 0 ? scaled : scaled.toPrecision(3)} ${units[power]}`;
}

const different = (all: readonly string[]): string => all.join(" or ");

/** A model's costs, with its fallbacks and as its configurations have it. */
export function modelCosts(view: View, name: Span): readonly string[] {
  return withCosts(view, (known) =>
    [...known.facts.models, ...known.configs]
      .filter((fact) => isSame(view, known, name, fact.model))
      .map(
        ({ config, parameters, flops }) =>
          `${config === null ? "With its fallbacks" : `“${config}”`}: ${count(parameters, "parameter")}, ${flopsText(flops)} a token`,
      ),
  );
}

/** One configuration's costs. */
export function configCosts(view: View, model: string, title: string): readonly string[] {
  return withCosts(view, ({ configs }) =>
    configs
      .filter((fact) => fact.name === model && fact.config === title)
      .map(
        ({ parameters, flops }) => `${count(parameters, "parameter")}, ${flopsText(flops)} a token`,
      ),
  );
}

/** What a block adds to each model of the file with its fallbacks. */
export function blockCosts(view: View, name: Span): readonly string[] {
  return withCosts(view, (known) =>
    known.facts.models.flatMap((model) =>
      model.uses
        .filter((use) => isSame(view, known, name, use.block))
        .map((use) => useText(model, use)),
    ),
  );
}

/** The lines of the first text that says any. */
function withCosts(view: View, lines: (known: Known) => readonly string[]): readonly string[] {
  return view.known.map(lines).find((found) => found.length > 0) ?? [];
}

function useText({ name }: ModelFact, { instances, parameters, flops, each }: UseFact): string {
  const total = `${count(parameters, "parameter")}, ${flopsText(flops)} a token`;
  if (instances === 1) return `In \`${name}\`: 1 instance, ${total}`;
  const one = `each ${different(each.parameters.map(grouped))} and ${different(each.flops.map(flopsText))}`;
  return `In \`${name}\`: ${count(instances, "instance")}, ${total} together; ${one}`;
}

/** Whether a name of this text or a standard one is the one that was checked. */
function isSame(view: View, { text }: Known, name: Span, checked: Span): boolean {
  const span = name.file === view.file ? moved(moverTo(view, text), name) : name;
  return span !== null && span.file === checked.file && span.from === checked.from;
}

/** One open document as its reader sees it now: the text, its names, and what the last check found out. */
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Facts, ModelFact, ValueFact } from "../../dsl/analyze/facts.ts";
import type { Reference } from "../../dsl/analyze/symbols.ts";
import { type Analysis, analyze, referenceAt } from "../../dsl/analyze.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { parse } from "../../dsl/parse.ts";
import type { Item, Span } from "../../dsl/syntax.ts";
import { mover } from "./places.ts";
import { fileOf, type Standard } from "./standard.ts";

/** The mistakes of the text that was checked last. */
export type Checked = {
  readonly version: number;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
};
/** What elaborating a text told. */
export type Known = {
  readonly text: string;
  /** Whether it had no mistakes. */
  readonly isGood: boolean;
  readonly facts: Facts;
  readonly configs: readonly ModelFact[];
};
/** An earlier text that could be read whole. */
export type Earlier = { readonly text: string; readonly analysis: Analysis };

export type View = {
  readonly document: TextDocument;
  readonly file: string;
  readonly standard: Standard;
  readonly analysis: Analysis;
  /** Whether the whole text could be read. */
  readonly isWhole: boolean;
  /** The last text that could be read whole, where this one cannot. */
  readonly earlier: Earlier | null;
  readonly checked: Checked | null;
  /** Of the last text, and of the last one without mistakes where that is another. */
  readonly known: readonly Known[];
};

/** The view of a document's text; `last` is its view before the text changed. */
export function look(document: TextDocument, standard: Standard, last: View | null): View {
  const file = fileOf(document.uri);
  const text = document.getText();
  const { ast, diagnostics } = parse(file, text);
  const isWhole = diagnostics.every(({ severity }) => severity !== "error");
  const kept = last?.isWhole
    ? { text: last.analysis.file.source, analysis: last.analysis }
    : last?.earlier;
  return {
    // A snapshot: the open document goes on changing.
    document: TextDocument.create(document.uri, document.languageId, document.version, text),
    file,
    standard,
    analysis: analyze(ast, standard.files),
    isWhole,
    earlier: isWhole ? null : (kept ?? null),
    checked: last?.checked ?? null,
    known: last?.known ?? [],
  };
}

/** The name at an offset: in this text, else where the last readable text had it. */
export function nameAt(view: View, offset: number): Reference | null {
  const found = referenceAt(view.analysis, offset);
  if (found || !view.earlier) return found;
  const { text, analysis } = view.earlier;
  const before = mover(view.analysis.file.source, text)(offset);
  const earlier = before === null ? null : referenceAt(analysis, before);
  if (!earlier) return null;
  const back = mover(text, view.analysis.file.source);
  const [from, to] = [back(earlier.span.from), back(earlier.span.to)];
  return from === null || to === null ? null : { ...earlier, span: { ...earlier.span, from, to } };
}

const earlierViews = new WeakMap<View, View>();

/** The view whose text has an item: this one, or for what cannot be read any more the last readable one. */
export function viewOf(view: View, item: Item | null): View {
  const { earlier, analysis, document, file } = view;
  if (!item || !earlier || item.span.file !== file || analysis.file.items.includes(item))
    return view;
  const { uri, version } = document;
  const found = earlierViews.get(view) ?? {
    ...view,
    document: TextDocument.create(uri, document.languageId, version, earlier.text),
    analysis: earlier.analysis,
    isWhole: true,
    earlier: null,
  };
  earlierViews.set(view, found);
  return found;
}

/** What was last computed at a span of this text or of a standard file. */
export function valueAt(view: View, span: Span): ValueFact | null {
  for (const known of view.known) {
    const place = span.file === view.file ? moved(moverTo(view, known.text), span) : span;
    const fact = place && valuesOf(known.facts).get(keyOf(place));
    if (fact) return fact;
  }
  return null;
}

type Mover = (offset: number) => number | null;
const movers = new WeakMap<View["analysis"], Map<string, Mover>>();

/** Takes an offset of this text to an earlier one that was checked. */
export function moverTo({ analysis }: View, text: string): Mover {
  const known = movers.get(analysis) ?? new Map<string, Mover>();
  movers.set(analysis, known);
  const found = known.get(text) ?? mover(analysis.file.source, text);
  known.set(text, found);
  return found;
}

/** A span of an earlier or later text. */
export function moved(move: (offset: number) => number | null, span: Span): Span | null {
  const [from, to] = [move(span.from), move(span.to)];
  return from === null || to === null ? null : { ...span, from, to };
}

const keyOf = ({ file, from, to }: Span): string => `${from} ${to} ${file}`;
const byPlace = new WeakMap<Facts, ReadonlyMap<string, ValueFact>>();

function valuesOf(facts: Facts): ReadonlyMap<string, ValueFact> {
  const known =
    byPlace.get(facts) ?? new Map(facts.values.map((fact) => [keyOf(fact.span), fact] as const));
  byPlace.set(facts, known);
  return known;
}

/** Where the text makes each parameter, value and state of a model, by elaborating it once more and watching. */

import type { Diagnostic } from "../../dsl/diagnostics.ts";
import type { Frame, Value } from "../../dsl/elaborate/values.ts";
import { elaborate, type Options } from "../../dsl/elaborate.ts";
import type { Model } from "../../dsl/model.ts";
import type { File, Span } from "../../dsl/syntax.ts";
import type { Node } from "../graph/graph.ts";
import { consumersOf } from "../graph/walk.ts";

/** A place in the user's own text, and what the body calls the dimensions; null where the tensor is no value of a body. */
export type Place = {
  readonly span: Span;
  readonly dims: readonly string[] | null;
  /** Where another file makes it, such as the standard library's, when `span` is the call that leads there. */
  readonly related: Diagnostic["related"];
};
export type Places = {
  /** By path; null for what no text names. */
  readonly of: (path: string) => Place | null;
  /** The name of the model or block. */
  readonly owner: Span;
};

/** `files` and `target` as for `elaborate`, which found no mistake in them. */
export function placesOf(files: readonly File[], target: string, options: Options): Places {
  const watched = new Watched(files, files.at(-1)?.file ?? "");
  const { model } = elaborate(files, target, {
    ...options,
    observe: {
      value: (span, value, frame) => watched.value(span, value, frame),
      call: ({ path, span }) => watched.call(path, span),
    },
  });
  if (model) watched.complete(model);
  return { of: (path) => watched.places.get(path) ?? null, owner: ownerOf(files, target) };
}

const join = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);

class Watched {
  readonly places = new Map<string, Place>();
  readonly #texts: ReadonlyMap<string, string>;
  /** The first expression that made a node, in its body. */
  readonly #made = new Map<Node, Place & { readonly path: string }>();

  /** Instances whose call has no value yet. */
  readonly #applied = new Map<Span, readonly string[]>();
  readonly #own: string;

  constructor(files: readonly File[], own: string) {
    this.#own = own;
    this.#texts = new Map(files.map((f) => [f.file, f.source]));
  }

  /** A block was applied in the call at `span`, whose value comes later. */
  call(path: string, span: Span): void {
    this.#applied.set(span, [...(this.#applied.get(span) ?? []), path]);
  }

  note(path: string, place: Place): void {
    if (!this.places.has(path)) this.places.set(path, place);
  }

  /** The span, or the innermost call in the user's own file that led to it. */
  place(span: Span, dims: Place["dims"], { calls }: Frame): Place {
    const call = span.file === this.#own ? null : calls.find((at) => at.file === this.#own);
    if (!call) return { span, dims, related: [] };
    return { span: call, dims, related: [{ span, message: "made here" }] };
  }

  /** A name that is defined here gives its place to the value of that path; an expression to the node that it made. */
  value(span: Span, value: Value, frame: Frame): void {
    if (value.kind !== "tensor") return;
    const { node, dims } = value;
    const name = this.#texts.get(span.file)?.slice(span.from, span.to) ?? "";
    const defined = frame.spans.get(name);
    const isName = defined?.from === span.from && defined.file === span.file;
    const place = () => this.place(span, dims, frame);
    for (const path of this.#applied.get(span) ?? []) this.note(path, place());
    this.#applied.delete(span);
    if (node.op === "parameter") {
      if (!this.places.has(node.attrs.name)) this.note(node.attrs.name, place());
    } else if (isName) this.note(join(frame.path, name), place());
    else if (!this.#made.has(node)) this.#made.set(node, { ...place(), path: frame.path });
  }

  /** Values that only a label names stand at their expression, and a state where its body first uses it. */
  complete({ graph, values }: Model): void {
    for (const [path, node] of Object.entries(values)) {
      const made = this.#made.get(node);
      if (made) this.note(path, made);
    }
    const consumers = consumersOf(graph);
    for (const { name, current } of graph.states) {
      const home = name.slice(0, Math.max(0, name.lastIndexOf(".")));
      const seen = new Set<Node>([current]);
      for (const node of seen) {
        const made = this.#made.get(node);
        if (made && made.path === home) {
          this.note(name, { ...made, dims: null });
          break;
        }
        for (const user of consumers.get(node) ?? []) seen.add(user);
      }
    }
  }
}

function ownerOf(files: readonly File[], target: string): Span {
  const named = files.flatMap((f) =>
    f.items.flatMap((i) => (i.kind === "model" || i.kind === "block" ? [i.name] : [])),
  );
  const last = files.at(-1);
  return (
    named.findLast((name) => name.text === target)?.span ?? {
      file: last?.file ?? "",
      from: 0,
      to: 0,
    }
  );
}

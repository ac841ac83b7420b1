/** What one elaboration gathers: the graph, parameters, states and mistakes. Knows no syntax beyond spans. */
import { GraphBuilder } from "../../src/graph/build.ts";
import type { InputSource, Node, NodeOf, StateUpdate, Type } from "../../src/graph/graph.ts";
import type { Diagnostic } from "../diagnostics.ts";
import { type Code, diagnose, type Facts } from "../messages.ts";
import type { Initializer, ParameterSpec } from "../model.ts";
import type { Span } from "../syntax.ts";
import type { Library } from "./library.ts";

/** The sizes that a call of the finished program has. */
export type Sizes = {
  readonly batch: number;
  readonly tokens: number;
  readonly chunk: number;
  readonly context: number;
};

/** `checked` is how many calls of blocks one check follows. */
export const limits = {
  size: 2 ** 31,
  nesting: 64,
  layers: 10_000,
  calls: 200_000,
  checked: 2_000,
  depth: 1_000,
};

/** Mistakes that depend on the sizes chosen, so that stand-in sizes cannot prove them. */
const sizeCodes: ReadonlySet<string> = new Set([
  "E0310",
  "E0406",
  "E0407",
  "E0411",
  "E0412",
  "E0416",
]);

export class Session {
  readonly graph = new GraphBuilder();
  readonly library: Library;
  readonly sizes: Sizes;
  /** Whether sizes are stand-ins, chosen to check a block that nobody has called. */
  readonly standIn: boolean;
  /** Whether only mistakes matter: a stack then builds each block of its pattern once. */
  readonly checking: boolean;
  readonly parameters = new Map<string, ParameterSpec>();
  readonly states = new Map<string, StateUpdate>();
  /** What instances and named values compute, by path. */
  readonly values = new Map<string, Node>();
  usesContext = false;
  /** Set once the model is found to have no end; nothing more is built then. */
  stopped = false;
  calls = 0;
  /** How often a parameter or state was asked for. */
  kept = 0;
  depth = 0;
  readonly #diagnostics = new Map<string, Diagnostic>();

  constructor(library: Library, sizes: Sizes, { standIn = false, checking = false } = {}) {
    this.library = library;
    this.sizes = sizes;
    this.standIn = standIn;
    this.checking = checking;
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.#diagnostics.values()];
  }
  get hasErrors(): boolean {
    return this.diagnostics.some((d) => d.severity === "error");
  }

  /** Notes a mistake once. */
  report<C extends Code>(
    code: C,
    span: Span,
    facts: Facts<C>,
    related: Diagnostic["related"] = [],
  ): void {
    const key = `${code} ${span.file} ${span.from} ${span.to}`;
    if (this.standIn && sizeCodes.has(code)) return;
    if (!this.#diagnostics.has(key))
      this.#diagnostics.set(key, diagnose(code, span, facts, related));
  }

  parameter(name: string, shape: readonly number[], initializer: Initializer): Node {
    this.kept++;
    this.parameters.set(name, { name, shape, initializer });
    return this.graph.parameter(name, { dtype: "f32", shape }) as Node;
  }
  input(name: string, type: Type, source?: InputSource): Node {
    return this.graph.input(name, type, source) as Node;
  }
  /** What the last call left under a name; zero at first. */
  state(name: string, type: Type): NodeOf<"state"> {
    this.kept++;
    return this.graph.state(name, type);
  }
  /** Says what replaces a state; gives it back. */
  carry(current: NodeOf<"state">, next: Node): Node {
    const { name } = current.attrs;
    this.states.set(name, { name, current, next });
    return next;
  }

  /** [B, T] */
  get position(): Node {
    return this.input("position", this.#perToken);
  }
  /** [B, T] */
  get tokens(): Node {
    return this.input("tokens", this.#perToken);
  }
  /** [B]: how many tokens of this call are real. */
  get count(): Node {
    return this.input("count", { dtype: "i32", shape: [this.sizes.batch] });
  }
  /** [B]: how many tokens came before this call. */
  get seen(): Node {
    const current = this.state("seen", { dtype: "i32", shape: [this.sizes.batch] });
    this.carry(current, this.graph.map("add", current, this.count));
    return current;
  }
  get #perToken(): Type {
    return { dtype: "i32", shape: [this.sizes.batch, this.sizes.tokens] };
  }
}

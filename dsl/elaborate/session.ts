/** What one elaboration gathers: the graph, parameters, states and mistakes. Knows no syntax beyond spans. */
import { GraphBuilder } from "../../src/graph/build.ts";
import type { InputSource, Node, NodeOf, StateUpdate, Type } from "../../src/graph/graph.ts";
import type { Diagnostic } from "../diagnostics.ts";
import { type Code, diagnose, type Facts } from "../messages.ts";
import type { ParameterSpec } from "../model.ts";
import type { BlockItem, ConstantItem, Span } from "../syntax.ts";
import type { Library } from "./library.ts";
import type { Observer } from "./observe.ts";
import type { SharedUse, Value } from "./values.ts";

/** The sizes that a call of the finished program has. */
export type Sizes = {
  readonly batch: number;
  readonly tokens: number;
  readonly chunk: number;
  readonly context: number;
};

/** `checked` is how many calls of blocks the check of one item follows, `checkedInAll` those of a file; each item may follow `checkedAnyway`. */
export const limits = {
  size: 2 ** 31,
  nesting: 64,
  layers: 10_000,
  calls: 20_000,
  checked: 2_000,
  checkedInAll: 10_000,
  checkedAnyway: 20,
  depth: 1_000,
};

/** Mistakes that depend on the sizes chosen, so that stand-in sizes cannot prove them. */
const sizeCodes: ReadonlySet<string> = new Set([
  "W0505",
  "E0310",
  "E0313",
  "E0314",
  "E0406",
  "E0407",
  "E0411",
  "E0412",
  "E0416",
  "E0421",
  "E0426",
  "E0427",
]);

/** A parameter as it was first asked for, and by which application of a shared block. */
export type FirstParameter = { readonly spec: ParameterSpec; readonly by: SharedUse | null };
/** Where those outside the text wrote what they gave: settings by name, a configuration's title, an item's name. */
export type GivenPlaces = {
  readonly settings?: Readonly<Record<string, Span>>;
  readonly config?: Span;
  readonly item?: Span;
};

export type Modes = {
  readonly standIn?: boolean;
  /** How many calls of blocks are followed where only mistakes matter. */
  readonly checking?: number;
  readonly half?: boolean;
  readonly givenAt?: GivenPlaces;
  readonly observe?: Observer | undefined;
};

export class Session {
  readonly graph = new GraphBuilder();
  readonly library: Library;
  readonly sizes: Sizes;
  readonly observe: Observer | null;
  /** Whether sizes are stand-ins, chosen to check a text that nobody has called. */
  standIn: boolean;
  /** Whether only mistakes matter: a stack then builds each block of its pattern once. */
  readonly checking: boolean;
  /** How many calls of blocks and functions are followed. */
  readonly mostCalls: number;
  /** Whether matrices will be stored in half precision. */
  readonly half: boolean;
  readonly givenAt: GivenPlaces;
  readonly #parameters = new Map<string, FirstParameter>();
  readonly states = new Map<string, StateUpdate>();
  /** What instances and named values compute, by path. */
  readonly values = new Map<string, Node>();
  /** The values of constants that were asked for, and those whose values are being found. */
  readonly constants = new Map<ConstantItem, Value>();
  readonly openConstants: ConstantItem[] = [];
  /** Names of parameters in the order in which they were asked for. */
  readonly asked: string[] = [];
  usesContext = false;
  /** Set once the model is found to have no end; nothing more is built then. */
  stopped = false;
  calls = 0;
  /** Blocks that ran to their end. */
  readonly finished = new Set<BlockItem>();
  /** How often a parameter or state was asked for; those of shared blocks count where they are shared. */
  kept = 0;
  keptStates = 0;
  /** How many branches of an `if` that was decided while compiling are open. */
  branches = 0;
  depth = 0;
  readonly #diagnostics = new Map<string, Diagnostic>();

  constructor(library: Library, sizes: Sizes, modes: Modes = {}) {
    this.library = library;
    this.sizes = sizes;
    this.standIn = modes.standIn ?? false;
    this.checking = modes.checking !== undefined;
    this.mostCalls = modes.checking ?? limits.calls;
    this.half = modes.half ?? false;
    this.givenAt = modes.givenAt ?? {};
    this.observe = modes.observe ?? null;
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
      this.#diagnostics.set(key, diagnose(code, span, facts, once(related)));
  }

  get parameters(): readonly ParameterSpec[] {
    return [...this.#parameters.values()].map(({ spec }) => spec);
  }
  /** What was asked for first under a name that is asked for again, as a shared block does; null where this is the first. */
  firstParameter(name: string): FirstParameter | null {
    return this.#parameters.get(name) ?? null;
  }
  parameter(spec: ParameterSpec, by: SharedUse | null): Node {
    const { name, shape } = spec;
    this.kept++;
    this.asked.push(name);
    if (!this.#parameters.has(name)) this.#parameters.set(name, { spec, by });
    return this.graph.parameter(name, { dtype: "f32", shape }) as Node;
  }
  input(name: string, type: Type, source?: InputSource): Node {
    return this.graph.input(name, type, source) as Node;
  }
  /** What the last call left under a name; zero at first. */
  state(name: string, type: Type): NodeOf<"state"> {
    this.kept++;
    this.keptStates++;
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

/** Second places without repetition, as a block that calls itself would give them. */
const once = (related: Diagnostic["related"]): Diagnostic["related"] =>
  related.filter(({ span, message }, i) => {
    const same = related.findIndex(
      (other) =>
        other.message === message &&
        other.span.file === span.file &&
        other.span.from === span.from &&
        other.span.to === span.to,
    );
    return same === i;
  });

/** Finds every name of one file and what it stands for. Needs no elaboration, so it works on texts that are wrong. */
import type {
  Body,
  Expr,
  Field,
  File,
  Formal,
  Item,
  Name,
  NamesItem,
  Span,
  TensorType,
} from "../syntax.ts";
import { calleeOf, settingsOf } from "./callees.ts";
import { fieldsOfName, keptPromises } from "./fields.ts";
import { segmentsOf } from "./paths.ts";
import { scopeOf } from "./scopes.ts";
import type { Definition, Reference, Role, Scope } from "./symbols.ts";
import { definitionOf, lookUp, type World } from "./world.ts";

/** All references of a file in the order of its text. */
export function resolveFile(world: World, file: File): readonly Reference[] {
  const found = file.items.flatMap((item) => new Resolver(world, item).references());
  return found.filter(({ name }) => name !== "").sort((a, b) => a.span.from - b.span.from);
}

class Resolver {
  readonly #found: Reference[] = [];
  readonly #world: World;
  readonly #item: Item;
  #scope: Scope;
  readonly #promises: ReadonlyMap<Name, Definition>;

  constructor(world: World, item: Item) {
    this.#world = world;
    this.#item = item;
    this.#scope = scopeOf(item);
    this.#promises = keptPromises(this.#scope);
  }

  references(): readonly Reference[] {
    const item = this.#item;
    this.#define(item.kind === "config" ? item.title : item.name);
    switch (item.kind) {
      case "block":
      case "model":
        item.parameters.forEach((formal) => this.#formal(formal));
        if (item.kind === "block") this.#result(item.result);
        this.#body(item.body);
        break;
      case "function":
        for (const { name, fallback } of item.parameters) {
          this.#define(name);
          if (fallback) this.#expr(fallback);
        }
        this.#body(item.body);
        break;
      case "constant":
        this.#expr(item.value);
        break;
      case "config":
        this.#config(item.model, item.settings);
        break;
      case "names":
        this.#names(item);
        break;
    }
    return this.#found;
  }

  #add(name: string, span: Span, role: Role, definitions: readonly Definition[]): void {
    this.#found.push({ name, span, role, definitions, item: this.#item });
  }
  #define(name: Name): void {
    const made = this.#scope.made.get(name);
    this.#add(name.text, name.span, "definition", made ? [made] : []);
  }

  /** The first mention of a dimension is its definition. */
  #name(name: string, span: Span): void {
    const found = lookUp(this.#world, this.#scope, name);
    const isFirst = found[0]?.kind === "dimension" && found[0].span.from === span.from;
    this.#add(name, span, isFirst ? "definition" : "read", found);
  }

  #formal({ name, type, fallback }: Formal): void {
    this.#define(name);
    if (type.kind === "tensor") this.#type(type);
    if (fallback) this.#expr(fallback);
  }
  #result(result: Extract<Item, { kind: "block" }>["result"]): void {
    if (result.kind === "tensor") this.#type(result);
    else
      for (const { name, type } of result.fields) {
        this.#define(name);
        this.#type(type);
      }
  }
  #type({ dims }: TensorType): void {
    for (const dim of dims) this.#expr(dim);
  }

  #body(body: Body): void {
    for (const statement of body.statements) {
      this.#define(statement.name);
      if (statement.kind !== "param") this.#expr(statement.value);
      else {
        this.#type(statement.type);
        if (statement.initializer) this.#expr(statement.initializer);
      }
    }
    if (body.result) this.#expr(body.result);
  }

  /** Keeps its own stack: sums may be long. */
  #expr(root: Expr): void {
    const waiting = [root];
    for (let expr = waiting.pop(); expr; expr = waiting.pop()) waiting.push(...this.#inside(expr));
  }

  /** Notes the names of one expression; gives back the expressions inside it. */
  #inside(expr: Expr): readonly Expr[] {
    switch (expr.kind) {
      case "number":
      case "flag":
        return [];
      case "name":
        this.#name(expr.name, expr.span);
        return [];
      case "field": {
        const { of, field } = expr;
        this.#add(of.text, of.span, "read", lookUp(this.#world, this.#scope, of.text));
        const fields = fieldsOfName(this.#world, this.#scope, of.text);
        this.#add(
          field.text,
          field.span,
          "read",
          unique(fields.filter((f) => f.name === field.text)),
        );
        return [];
      }
      case "record":
        for (const { name } of expr.fields) this.#recordField(name);
        return expr.fields.map(({ value }) => value);
      case "list":
        return expr.items;
      case "negate":
      case "not":
        return [expr.of];
      case "binary":
        return [expr.left, expr.right];
      case "if":
        return [expr.when, expr.then, expr.otherwise];
      case "call":
        return this.#call(expr);
    }
  }

  /** A field of a block's last record is the one that the block promises. */
  #recordField(name: Name): void {
    const promised = this.#promises.get(name);
    if (promised) this.#add(name.text, name.span, "read", [promised]);
    else this.#define(name);
  }

  #call(expr: Extract<Expr, { kind: "call" }>): readonly Expr[] {
    const { callee, args, named: settings, label } = expr;
    this.#add(callee.text, callee.span, "call", calleeOf(this.#world, this.#scope, callee.text));
    const known = settingsOf(this.#world, this.#scope, callee.text);
    for (const { name } of settings)
      this.#add(name.text, name.span, "setting", unique(known.filter((d) => d.name === name.text)));
    if (label) this.#define(label);
    return [...args, ...settings.map(({ value }) => value)];
  }

  #config(model: Name, settings: readonly Field[]): void {
    const models = this.#world
      .models(this.#item.span.file)
      .filter((m) => m.name.text === model.text);
    this.#add(model.text, model.span, "read", unique(models.flatMap((m) => definitionOf(m) ?? [])));
    for (const { name } of settings)
      this.#add(
        name.text,
        name.span,
        "setting",
        unique(models.flatMap((m) => formalNamed(m, name))),
      );
    const [first] = models;
    if (first) this.#scope = scopeOf(first);
    for (const { value } of settings) this.#expr(value);
  }

  /** The keys of a table are settings of any model of the file, its paths their parameters. */
  #names({ config, rules, span }: NamesItem): void {
    const models = this.#world.models(span.file);
    for (const { name } of config)
      this.#add(
        name.text,
        name.span,
        "setting",
        unique(models.flatMap((m) => formalNamed(m, name))),
      );
    for (const rule of rules)
      for (const { text, span: at, definitions } of segmentsOf(this.#world, models, rule))
        this.#add(text, at, "segment", definitions);
  }
}

const unique = (definitions: readonly Definition[]) => [...new Set(definitions)];

function formalNamed(item: Item, name: Name): readonly Definition[] {
  const found = scopeOf(item).names.get(name.text);
  return found?.kind === "setting" ? [found] : [];
}

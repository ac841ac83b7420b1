/** Gathers what each body defines: parameters, dimensions, statements, labels and fields. Resolves nothing. */
import { isAmbientDim } from "../elaborate/frame.ts";
import { bodyExpressions, eachExpression } from "../elaborate/walk.ts";
import type { Body, Expr, FieldType, Formal, Item, Name, Span } from "../syntax.ts";
import type { Definition, Instance, Scope } from "./symbols.ts";

const known = new WeakMap<Item, Scope>();

/** The names of an item's body, gathered once. */
export function scopeOf(item: Item): Scope {
  const found = known.get(item) ?? gather(item);
  known.set(item, found);
  return found;
}

/** A definition before it knows its item. */
type Bare<D = Definition> = D extends { item: infer I }
  ? I extends null
    ? never
    : Omit<D, "item" | "name" | "span">
  : never;

class Gathering {
  readonly names = new Map<string, Definition>();
  readonly instances: Instance[] = [];
  readonly made = new Map<Name, Definition>();
  readonly item: Item;

  constructor(item: Item) {
    this.item = item;
  }

  /** Makes a definition of a name; one that could not be read makes none. */
  make(name: Name, what: Bare): Definition | null {
    if (name.text === "") return null;
    const made = { ...what, name: name.text, span: name.span, item: this.item } as Definition;
    this.made.set(name, made);
    return made;
  }

  /** The same, as a name of the body. */
  add(name: Name, what: Bare): void {
    const made = this.make(name, what);
    if (made && !this.names.has(name.text)) this.names.set(name.text, made);
  }
}

function gather(item: Item): Scope {
  const into = new Gathering(item);
  switch (item.kind) {
    case "block":
    case "model":
      addFormals(into, item.parameters);
      if (item.kind === "block" && item.result.kind === "record")
        addFields(into, item.result.fields);
      addBody(into, item.body);
      break;
    case "function":
      for (const parameter of item.parameters)
        into.add(parameter.name, { kind: "argument", parameter });
      addBody(into, item.body);
      break;
    case "constant":
    case "config":
    case "names":
      break;
  }
  into.make(item.kind === "config" ? item.title : item.name, { kind: item.kind } as Bare);
  return into;
}

/** Parameters first, then the dimensions that no parameter names. */
function addFormals(into: Gathering, formals: readonly Formal[]): void {
  for (const formal of formals)
    into.add(formal.name, { kind: formal.type.kind === "tensor" ? "tensor" : "setting", formal });
  for (const { type } of formals)
    if (type.kind === "tensor")
      for (const dim of type.dims)
        if (dim.kind === "name" && !isAmbientDim(dim.name) && !into.names.has(dim.name))
          into.add(nameOfDim(dim.name, dim.span), { kind: "dimension" });
}

const nameOfDim = (text: string, span: Span): Name => ({ text, span });

function addFields(into: Gathering, fields: readonly FieldType[]): void {
  for (const { name, type } of fields) into.make(name, { kind: "field", type });
}

function addBody(into: Gathering, body: Body): void {
  for (const statement of body.statements)
    into.add(statement.name, {
      kind: statement.kind === "let" ? "value" : statement.kind,
      statement,
    });
  for (const root of bodyExpressions(body)) eachExpression(root, (expr) => addInside(into, expr));
}

function addInside(into: Gathering, expr: Expr): void {
  if (expr.kind === "record")
    for (const { name } of expr.fields) into.make(name, { kind: "field", type: null });
  if (expr.kind !== "call") return;
  const label = expr.label ? into.make(expr.label, { kind: "label", call: expr }) : null;
  into.instances.push({ call: expr, label });
}

/** What the names of a file stand for: definitions, and every place that means one. Plain data, made without elaboration. */
import type {
  BlockItem,
  ConfigItem,
  ConstantItem,
  Expr,
  Formal,
  FunctionItem,
  FunctionParameter,
  Item,
  ModelItem,
  Name,
  NamesItem,
  Span,
  Statement,
  TensorType,
} from "../syntax.ts";

export type CallExpr = Extract<Expr, { kind: "call" }>;
/** An item with a body of its own. */
export type BodyItem = BlockItem | ModelItem | FunctionItem;

/** Its name as the text has it, where that stands, and the item that it is or stands in. */
type At<I extends Item = Item> = {
  readonly name: string;
  readonly span: Span;
  readonly item: I;
};
export type Definition =
  | ({ readonly kind: "block" } & At<BlockItem>)
  | ({ readonly kind: "model" } & At<ModelItem>)
  | ({ readonly kind: "function" } & At<FunctionItem>)
  | ({ readonly kind: "constant" } & At<ConstantItem>)
  | ({ readonly kind: "config" } & At<ConfigItem>)
  | ({ readonly kind: "names" } & At<NamesItem>)
  /** A tensor or a setting in a block's or model's list. */
  | ({ readonly kind: "tensor" | "setting"; readonly formal: Formal } & At)
  /** A function's parameter. */
  | ({ readonly kind: "argument"; readonly parameter: FunctionParameter } & At)
  /** A dimension that a tensor's type introduces. */
  | ({ readonly kind: "dimension" } & At)
  | ({ readonly kind: "size" | "param" | "value"; readonly statement: Statement } & At)
  /** `as label` */
  | ({ readonly kind: "label"; readonly call: CallExpr } & At)
  /** A field that a result's type promises, or that a record has. */
  | ({ readonly kind: "field"; readonly type: TensorType | null } & At)
  /** What the language has by itself: functions, their settings, and names that every body knows. */
  | {
      readonly kind: "primitive" | "option" | "ambient";
      readonly name: string;
      /** The primitive that an option belongs to. */
      readonly owner: string;
      readonly span: null;
      readonly item: null;
    };
export type DefinitionKind = Definition["kind"];

/** What a name does where it stands. A segment is a part of a parameter's path in a table of names. */
export type Role = "definition" | "read" | "call" | "setting" | "segment";

/** One name in the text; without definitions it is unknown, with several it stands for each. */
export type Reference = {
  readonly name: string;
  readonly span: Span;
  readonly role: Role;
  readonly definitions: readonly Definition[];
  /** The item that it stands in. */
  readonly item: Item;
};

/** A call that has a place in the paths of parameters: by its label, or by the block that it applies. */
export type Instance = { readonly call: CallExpr; readonly label: Definition | null };

/** The names of one body. */
export type Scope = {
  readonly item: Item;
  /** Parameters, dimensions and statements: the first of each name. */
  readonly names: ReadonlyMap<string, Definition>;
  readonly instances: readonly Instance[];
  /** The definition that a name in the text makes, doubles included. */
  readonly made: ReadonlyMap<Name, Definition>;
};

const language = (kind: "primitive" | "option" | "ambient") => {
  const known = new Map<string, Definition>();
  return (name: string, owner = ""): Definition => {
    const key = `${owner}.${name}`;
    const found = known.get(key) ?? { kind, name, owner, span: null, item: null };
    known.set(key, found);
    return found;
  };
};
/** One definition for each name that the language has. */
export const primitiveDefinition = language("primitive");
export const optionDefinition = language("option");
export const ambientDefinition = language("ambient");

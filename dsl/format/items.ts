/** Lays out items and statements: one blank line between items, one statement a line, lists filled up to the width. */
import { builders, utils } from "prettier/doc";
import { CompilerBug } from "../../src/graph/bug.ts";
import type {
  BlockItem,
  Body,
  ConstantItem,
  Expr,
  Field,
  File,
  Formal,
  FormalType,
  FunctionParameter,
  Item,
  Name,
  NameRule,
  NamesItem,
  ResultType,
  Statement,
} from "../syntax.ts";
import { expression, inside, placed } from "./expressions.ts";
import { after, type Doc, foot, gap, lines, list, type Row, row } from "./layout.ts";
import type { Words } from "./words.ts";

const { group, hardline, ifBreak, indent, line, softline } = builders;

/** The whole file; its first line break is one too many. */
export function fileDoc(words: Words, { items }: File): Doc {
  const rows = items.map((item, index) => {
    const before = items[index - 1];
    const read = row(words, () => itemDoc(words, item));
    const together = before?.kind === item.kind && oneLiners.has(item.kind);
    return before && !together ? parted(read) : read;
  });
  return lines(rows, words.comments());
}

/** These may follow one another without a blank line. */
const oneLiners: ReadonlySet<Item["kind"]> = new Set(["config", "constant"]);

/** With a blank line somewhere between the item and the one before it. */
function parted(item: Row): Row {
  const own = item.comments.findIndex(({ opensLine }) => opensLine);
  if (item.afterBlank || item.comments.some(({ opensLine, afterBlank }) => opensLine && afterBlank))
    return item;
  if (own < 0) return { ...item, afterBlank: true };
  const comments = item.comments.map((comment, index) =>
    index === own ? { ...comment, afterBlank: true } : comment,
  );
  return { ...item, comments };
}

function itemDoc(words: Words, item: Item): Doc {
  switch (item.kind) {
    case "block":
      return block(words, item);
    case "model": {
      const head = heading(words, item, item.parameters.map(formal(words)), Symbol("head"));
      return [head, " ", body(words, item.body)];
    }
    case "function": {
      const id = Symbol("head");
      const head = heading(words, item, item.parameters.map(functionParameter(words)), id);
      return [head, " ", body(words, item.body, id)];
    }
    case "constant":
      return constant(words, item);
    case "config": {
      const head: Doc = [words.take("config"), " ", words.take(), " ", words.take(), " "];
      return [head, settings(words, item.settings.values())];
    }
    case "names":
      return names(words, item);
  }
}

/** The parameters break before the promise does: flat, it is measured with them. */
function block(words: Words, item: BlockItem): Doc {
  const id = Symbol("head");
  const parts = item.parameters.map(formal(words));
  const head: Doc = [heading(words, item, parts, id), " ", words.take("->")];
  const broken = after(words, " ", () => typeDoc(words, item.result));
  const flat = parts.length === 0 ? broken : utils.removeLines(broken);
  return [head, ifBreak(broken, flat, { groupId: id }), " ", body(words, item.body)];
}

const heading = (
  words: Words,
  { kind, name }: { readonly kind: string; readonly name: Name },
  parts: readonly (() => Doc)[],
  id: symbol,
): Doc => [
  words.take(kind),
  " ",
  words.take(name.text),
  list(words, ["(", ")"], parts, "fill", id),
];

const formal =
  (words: Words) =>
  ({ name, type, fallback }: Formal) =>
  (): Doc => [
    words.take(name.text),
    words.take(":"),
    after(words, " ", () => typeDoc(words, type)),
    fallback ? assigned(words, fallback) : "",
  ];

const functionParameter =
  (words: Words) =>
  ({ name, fallback }: FunctionParameter) =>
  (): Doc => [words.take(name.text), fallback ? assigned(words, fallback) : ""];

const assigned = (words: Words, value: Expr): Doc => [
  " ",
  words.take("="),
  after(words, " ", () => expression(words, value)),
];

function typeDoc(words: Words, type: FormalType | ResultType): Doc {
  switch (type.kind) {
    case "setting":
      return words.take(type.of);
    case "tensor": {
      const element = type.element === "int" ? words.take("int") : "";
      return [element, list(words, ["[", "]"], type.dims.map(placed(words)), "fill")];
    }
    case "record": {
      const fields = type.fields.map(
        (field) => (): Doc => [
          words.take(field.name.text),
          words.take(":"),
          after(words, " ", () => typeDoc(words, field.type)),
        ],
      );
      return list(words, ["{", "}"], fields, "rows");
    }
  }
}

/** A row a line; on one line where it is a result alone that fits, and `head`, if there is one, is not broken. */
function body(words: Words, { statements, result }: Body, head?: symbol): Doc {
  const open = words.take("{");
  const rows = statements.map((part) => row(words, () => statement(words, part)));
  if (result) rows.push(row(words, () => expression(words, result)));
  const last = words.comments();
  const close = words.take("}");
  const broken: Doc = [open, indent(lines(rows, last)), hardline, close];
  const [only] = rows;
  const isShort = rows.length === 1 && statements.length === 0 && last.length === 0;
  if (!head || !only || !isShort || only.comments.length > 0) return broken;
  const flat = group([open, indent([line, only.doc]), line, close]);
  return ifBreak(broken, flat, { groupId: head });
}

function statement(words: Words, part: Statement): Doc {
  switch (part.kind) {
    case "size":
      return [words.take("size"), " ", words.take(part.name.text), assigned(words, part.value)];
    case "param": {
      const name: Doc = [words.take("param"), " ", words.take(part.name.text), words.take(":")];
      const type = after(words, " ", () => typeDoc(words, part.type));
      return [name, type, part.initializer ? assigned(words, part.initializer) : ""];
    }
    case "let":
      return [words.take(part.name.text), assigned(words, part.value)];
  }
}

/** In parentheses where it is broken: outside brackets, a line that starts with `model` would start a model. */
function constant(words: Words, { name, value, span }: ConstantItem): Doc {
  const head: Doc = [words.take("constant"), " ", words.take(name.text), " ", words.take("="), " "];
  const inner = inside(words, value);
  // A comment before a parenthesis that is left out still belongs to this item.
  const last = foot(words, softline, span.to);
  return [head, group([ifBreak("("), inner, last, ifBreak(")")])];
}

/** `{ a = 1, b = 2 }` on one line, or one setting a line without commas. */
function settings(words: Words, fields: Iterator<Field>): Doc {
  const open = words.take("{");
  const rows: Row[] = [];
  while (words.ahead !== "}") {
    const { name, value } = next(fields);
    rows.push(row(words, () => [words.take(name.text), assigned(words, value)]));
  }
  const last = words.comments();
  const close = words.take("}");
  if (last.length > 0 || rows.some(({ comments }) => comments.length > 0))
    return [open, indent(lines(rows, last)), hardline, close];
  if (rows.length === 0) return [open, close];
  const docs = rows.map(({ doc, afterBlank }, index) =>
    index === 0 ? doc : [ifBreak("", ","), afterBlank ? softline : "", line, doc],
  );
  return group([open, indent([line, docs]), line, close]);
}

function next(fields: Iterator<Field>): Field {
  const { done, value } = fields.next();
  if (done) throw new CompilerBug("the formatter found more settings than the tree has");
  return value;
}

/** Tables of settings and rules as they stand: a path and its place in a checkpoint are never parted. */
function names(words: Words, item: NamesItem): Doc {
  const head: Doc = [words.take("names"), " ", words.take(item.name.text), " ", words.take("{")];
  const fields = item.config.values();
  const rules = new Map(item.rules.map((rule) => [rule.path.span.from, rule]));
  const rows: Row[] = [];
  while (words.ahead !== "}") {
    const found = rules.get(words.from);
    const build = () =>
      found ? rule(words, found) : [words.take("config"), " ", settings(words, fields)];
    rows.push(row(words, build));
  }
  const last = words.comments();
  const close = words.take("}");
  if (rows.length === 0 && last.length === 0) return [head, close];
  return [head, indent(lines(rows, last)), hardline, close];
}

function rule(words: Words, { path, transpose, index }: NameRule): Doc {
  const source = (): Doc => {
    if (!transpose) return words.take();
    return [words.take("transpose"), after(words, " ", () => words.take())];
  };
  const head: Doc = [words.take(path.text), " ", words.take("="), after(words, " ", source)];
  if (index === null) return head;
  const open: Doc = [words.take("["), indent([gap(words, ""), words.take()])];
  return [head, open, foot(words, ""), words.take("]")];
}

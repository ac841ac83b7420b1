/** Turns a syntax tree into its words, with needless parentheses and commas among them. */
import { free, operandsOf, strengthOf } from "../../dsl/format/parentheses.ts";
import type {
  Body,
  Expr,
  Field,
  FieldType,
  File,
  Formal,
  FormalType,
  Item,
  NameRule,
  ResultType,
  Statement,
} from "../../dsl/syntax.ts";
import type { Choices } from "./choices.ts";

export type Word = {
  readonly text: string;
  /** The documentation above an item; undefined where none can stand. */
  readonly doc?: string;
  /** Belongs to the word before it: outside brackets it must not open a line. */
  readonly glued?: true;
  /** Opens a result behind statements: outside brackets `-` and `(` must open a line there. */
  readonly result?: true;
  /** Opens or closes a body or settings, in which every line starts anew. */
  readonly body?: true;
};
/** What may vary; `plain` trees have no needless parentheses, commas or digits. */
export type Spelling = { readonly choices: Choices; readonly plain: boolean };

const word = (text: string): Word => ({ text });
const glued = (text: string): Word => ({ text, glued: true });
const inBody = (words: readonly Word[]): Word[] => [
  { text: "{", body: true },
  ...words,
  { text: "}", body: true },
];

/** All words of a file. */
export const wordsOf = (s: Spelling, file: File): Word[] =>
  file.items.flatMap((item) => itemWordsOf(s, item));

function itemWordsOf(s: Spelling, item: Item): Word[] {
  const name = item.kind === "config" ? item.model : item.name;
  const head = [{ text: item.kind, doc: "doc" in item ? item.doc : "" }, glued(name.text)];
  switch (item.kind) {
    case "block": {
      const formals = inList(
        s,
        "(",
        item.parameters.map((part) => formalWords(s, part)),
        ")",
      );
      return [
        ...head,
        ...formals,
        word("->"),
        ...typeWords(s, item.result),
        ...bodyWords(s, item.body),
      ];
    }
    case "model": {
      const formals = inList(
        s,
        "(",
        item.parameters.map((part) => formalWords(s, part)),
        ")",
      );
      return [...head, ...formals, ...bodyWords(s, item.body)];
    }
    case "function": {
      const parts = item.parameters.map(({ name, fallback }) => [
        word(name.text),
        ...assigned(s, fallback),
      ]);
      return [...head, ...inList(s, "(", parts, ")"), ...bodyWords(s, item.body)];
    }
    case "constant":
      return [...head, ...assigned(s, item.value)];
    case "config":
      return [...head, glued(JSON.stringify(item.title.text)), ...settingWords(s, item.settings)];
    case "names": {
      const config =
        item.config.length > 0 ? [word("config"), ...settingWords(s, item.config)] : [];
      return [...head, ...inBody([...config, ...item.rules.flatMap((rule) => ruleWords(s, rule))])];
    }
  }
}

const assigned = (s: Spelling, value: Expr | null): Word[] =>
  value ? [word("="), ...valueWords(s, value)] : [];

const formalWords = (s: Spelling, { name, type, fallback }: Formal): Word[] => [
  word(name.text),
  word(":"),
  ...typeWords(s, type),
  ...assigned(s, fallback),
];

function typeWords(s: Spelling, type: FormalType | ResultType): Word[] {
  switch (type.kind) {
    case "setting":
      return [word(type.of)];
    case "tensor": {
      const dims = inList(
        s,
        "[",
        type.dims.map((dim) => valueWords(s, dim)),
        "]",
      );
      return type.element === "int" ? [word("int"), ...dims] : dims;
    }
    case "record": {
      const part = ({ name, type }: FieldType) => [
        word(name.text),
        word(":"),
        ...typeWords(s, type),
      ];
      return inList(s, "{", type.fields.map(part), "}");
    }
  }
}

const settingWords = (s: Spelling, settings: readonly Field[]): Word[] =>
  inBody(
    settings.flatMap(({ name, value }) => [
      word(name.text),
      ...assigned(s, value),
      ...(extra(s, 2) ? [word(",")] : []),
    ]),
  );

const ruleWords = (s: Spelling, { path, source, index, transpose }: NameRule): Word[] => [
  word(path.text),
  word("="),
  ...(transpose ? [word("transpose")] : []),
  word(JSON.stringify(source.text)),
  ...(index === null ? [] : [word("["), word(String(index)), word("]")]),
  ...(extra(s, 3) ? [word(",")] : []),
];

function bodyWords(s: Spelling, { statements, result }: Body): Word[] {
  const rows = statements.flatMap((statement) => statementWords(s, statement));
  const [first, ...rest] = result ? valueWords(s, result) : [];
  if (!first) return inBody(rows);
  return inBody([...rows, rows.length > 0 ? { ...first, result: true } : first, ...rest]);
}

function statementWords(s: Spelling, statement: Statement): Word[] {
  const name = word(statement.name.text);
  switch (statement.kind) {
    case "size":
      return [word("size"), name, ...assigned(s, statement.value)];
    case "param": {
      const head = [word("param"), name, word(":"), ...typeWords(s, statement.type)];
      return [...head, ...assigned(s, statement.initializer)];
    }
    case "let":
      return [name, ...assigned(s, statement.value)];
  }
}

function valueWords(s: Spelling, expr: Expr, least = 0): Word[] {
  if (strengthOf(expr) < least || extra(s, 8))
    return [word("("), ...valueWords(s, expr), word(")")];
  const [first, second] = operandsOf(expr, free).map(
    ([operand, place]) =>
      () =>
        valueWords(s, operand, place.least),
  );
  switch (expr.kind) {
    case "number":
      return [word(digits(s, expr.value))];
    case "flag":
      return [word(String(expr.value))];
    case "name":
      return [word(expr.name)];
    case "field":
      return [word(`${expr.of.text}.${expr.field.text}`)];
    case "record":
      return inList(
        s,
        "{",
        expr.fields.map((field) => fieldWords(s, field)),
        "}",
      );
    case "list":
      return inList(
        s,
        "[",
        expr.items.map((item) => valueWords(s, item)),
        "]",
      );
    case "negate":
      return [word("-"), ...first!()];
    case "not":
      return [word("not"), ...first!()];
    case "binary": {
      const sign = expr.operator === "-" ? glued("-") : word(expr.operator);
      return [...first!(), sign, ...second!()];
    }
    case "if": {
      const [when, then, otherwise] = [expr.when, expr.then, expr.otherwise].map((e) =>
        valueWords(s, e),
      );
      return [word("if"), ...when!, word("then"), ...then!, word("else"), ...otherwise!];
    }
    case "call": {
      const args = expr.args.map((arg) => valueWords(s, arg));
      const named = expr.named.map((field) => fieldWords(s, field));
      const given = inList(s, "(", [...args, ...named], ")");
      const label = expr.label ? [word("as"), word(expr.label.text)] : [];
      return [word(expr.callee.text), ...given, ...label];
    }
  }
}

const fieldWords = (s: Spelling, { name, value }: Field): Word[] => [
  word(name.text),
  word(":"),
  ...valueWords(s, value),
];

/** Parts between commas, and sometimes one behind the last. */
function inList(s: Spelling, open: string, parts: readonly Word[][], close: string): Word[] {
  const last = parts.length > 0 && extra(s, 3) ? [word(",")] : [];
  const rows = parts.flatMap((part, index) => (index === 0 ? part : [word(","), ...part]));
  return [open === "(" ? glued(open) : word(open), ...rows, ...last, word(close)];
}

const extra = ({ choices, plain }: Spelling, count: number): boolean =>
  !plain && choices.once(count);

const digits = (s: Spelling, value: number): string =>
  extra(s, 2) ? String(value).replace(/^(\d+)(\d)(?!\d)/, "$1_$2") : String(value);

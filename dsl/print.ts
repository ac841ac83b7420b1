/** Turns an Ast back into readable text of the language, one statement a line; what `--dump` writes. Keeps no layout or comments. */
import { operatorStrengths } from "./expression.ts";
import type {
  Expr,
  Field,
  File,
  Formal,
  FormalType,
  Item,
  NameRule,
  ResultType,
  Statement,
} from "./syntax.ts";

/** The whole file in the language's own notation. */
export const printAst = (file: File): string => file.items.map(printItem).join("\n");

function printItem(item: Item): string {
  switch (item.kind) {
    case "block": {
      const head = `block ${item.name.text}(${item.parameters.map(printFormal).join(", ")})`;
      return `${printDoc(item.doc)}${head} -> ${printType(item.result)} ${printBody(item.body)}`;
    }
    case "model": {
      const parameters = item.parameters.map((formal) => `  ${printFormal(formal)},\n`).join("");
      return `${printDoc(item.doc)}model ${item.name.text}(\n${parameters}) ${printBody(item.body)}`;
    }
    case "function": {
      const parameters = item.parameters.map(({ name, fallback }) =>
        fallback ? `${name.text} = ${printExpr(fallback)}` : name.text,
      );
      const head = `function ${item.name.text}(${parameters.join(", ")})`;
      return `${printDoc(item.doc)}${head} ${printBody(item.body)}`;
    }
    case "constant":
      return `${printDoc(item.doc)}constant ${item.name.text} = ${printExpr(item.value)}\n`;
    case "config": {
      const settings = item.settings.map(printSetting).join(", ");
      return `config ${item.model.text} ${JSON.stringify(item.title.text)} { ${settings} }\n`;
    }
    case "names": {
      const config = item.config.map((setting) => `    ${printSetting(setting)}\n`).join("");
      const head = config === "" ? "" : `  config {\n${config}  }\n`;
      return `names ${item.name.text} {\n${head}${item.rules.map(printRule).join("")}}\n`;
    }
  }
}

const printDoc = (doc: string): string =>
  doc === ""
    ? ""
    : doc
        .split("\n")
        .map((line) => `/// ${line}\n`)
        .join("");

function printFormal({ name, type, fallback }: Formal): string {
  return `${name.text}: ${printType(type)}${fallback ? ` = ${printExpr(fallback)}` : ""}`;
}

function printType(type: FormalType | ResultType): string {
  switch (type.kind) {
    case "setting":
      return type.of;
    case "tensor":
      return `${type.element === "int" ? "int" : ""}[${type.dims.map((dim) => printExpr(dim)).join(", ")}]`;
    case "record":
      return inCurlies(type.fields.map((field) => `${field.name.text}: ${printType(field.type)}`));
  }
}

const inCurlies = (parts: readonly string[]): string =>
  parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;

function printBody({
  statements,
  result,
}: {
  statements: readonly Statement[];
  result: Expr | null;
}): string {
  const lines = [...statements.map(printStatement), ...(result ? [printExpr(result)] : [])];
  return `{\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}

function printStatement(statement: Statement): string {
  const name = statement.name.text;
  switch (statement.kind) {
    case "size":
      return `size ${name} = ${printExpr(statement.value)}`;
    case "param": {
      const start = statement.initializer ? ` = ${printExpr(statement.initializer)}` : "";
      return `param ${name}: ${printType(statement.type)}${start}`;
    }
    case "let":
      return `${name} = ${printExpr(statement.value)}`;
  }
}

const printSetting = ({ name, value }: Field): string => `${name.text} = ${printExpr(value)}`;

function printRule({ path, source, index, transpose }: NameRule): string {
  const place = index === null ? "" : `[${index}]`;
  return `  ${path.text} = ${transpose ? "transpose " : ""}${JSON.stringify(source.text)}${place}\n`;
}

/** One expression on one line, with no more parentheses than it needs where weaker operators stand at `least`. */
export function printExpr(expr: Expr, least = 0): string {
  const wrap = (strength: number, text: string) => (strength < least ? `(${text})` : text);
  switch (expr.kind) {
    case "number":
      return String(expr.value);
    case "flag":
      return String(expr.value);
    case "name":
      return expr.name === "" ? "?" : expr.name;
    case "field":
      return `${expr.of.text}.${expr.field.text}`;
    case "record":
      return inCurlies(expr.fields.map((f) => `${f.name.text}: ${printExpr(f.value)}`));
    case "list":
      return `[${expr.items.map((item) => printExpr(item)).join(", ")}]`;
    case "negate":
      return wrap(7, `-${printExpr(expr.of, 7)}`);
    case "not":
      return wrap(3, `not ${printExpr(expr.of, 4)}`);
    case "binary": {
      const strength = operatorStrengths[expr.operator];
      const left = printExpr(expr.left, strength === 4 ? 5 : strength);
      return wrap(strength, `${left} ${expr.operator} ${printExpr(expr.right, strength + 1)}`);
    }
    case "if": {
      const branches = `then ${printExpr(expr.then)} else ${printExpr(expr.otherwise)}`;
      return wrap(0.5, `if ${printExpr(expr.when)} ${branches}`);
    }
    case "call": {
      const named = expr.named.map(({ name, value }) => `${name.text}: ${printExpr(value)}`);
      const args = [...expr.args.map((arg) => printExpr(arg)), ...named].join(", ");
      return `${expr.callee.text}(${args})${expr.label ? ` as ${expr.label.text}` : ""}`;
    }
  }
}

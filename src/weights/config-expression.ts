/** The value of a config rule's expression, where names are keys of a config.json. Numbers, flags and lists of words; nothing of tensors. */
import type { SettingValue } from "../../dsl/model.ts";
import type { BinaryOperator, Expr } from "../../dsl/syntax.ts";
import { UserError } from "../graph/bug.ts";

type Config = Readonly<Record<string, unknown>>;
type Value = SettingValue | string;

const functions: Readonly<Record<string, (...n: number[]) => number>> = {
  sqrt: Math.sqrt,
  floor: Math.floor,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  min: Math.min,
  max: Math.max,
};

const arithmetic = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
} satisfies Partial<Record<BinaryOperator, (a: number, b: number) => number | boolean>>;

/** Every key that an expression reads; `text_config.hidden_size` is a key inside one. */
export function* keysOf(expression: Expr): Generator<string> {
  if (expression.kind === "name") yield expression.name;
  else if (expression.kind === "field") yield `${expression.of.text}.${expression.field.text}`;
  else for (const part of partsOf(expression)) yield* keysOf(part);
}

function partsOf(expression: Expr): readonly Expr[] {
  switch (expression.kind) {
    case "number":
    case "flag":
    case "name":
    case "field":
      return [];
    case "record":
      return expression.fields.map(({ value }) => value);
    case "list":
      return expression.items;
    case "negate":
    case "not":
      return [expression.of];
    case "binary":
      return [expression.left, expression.right];
    case "if":
      return [expression.when, expression.then, expression.otherwise];
    case "call":
      return [...expression.args, ...expression.named.map(({ value }) => value)];
  }
}

/** The value of a key, or of a key inside another; undefined where there is none. */
export function valueAt(config: Config, key: string): unknown {
  let value: unknown = config;
  for (const part of key.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Config)[part];
  }
  return value;
}

/** The setting's value; a key of a type that the rule cannot use is one sentence. */
export function settingOf(expression: Expr, config: Config, setting: string): SettingValue {
  const value = evaluate(expression, config, setting);
  if (typeof value === "string") {
    throw new UserError(
      `config.json gives the setting ${setting} the word "${value}", where a number, flag or list is needed`,
    );
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new UserError(`config.json gives the setting ${setting} no finite number`);
  }
  return value;
}

function evaluate(expression: Expr, config: Config, setting: string): Value {
  const of = (part: Expr) => evaluate(part, config, setting);
  const number = (part: Expr) => need(of(part), "number", setting);
  const flag = (part: Expr) => need(of(part), "boolean", setting);
  switch (expression.kind) {
    case "number":
    case "flag":
      return expression.value;
    case "name":
      return keyValue(expression.name, config[expression.name], setting);
    case "field": {
      const key = `${expression.of.text}.${expression.field.text}`;
      return keyValue(key, valueAt(config, key), setting);
    }
    case "record":
      throw new UserError(`the config rule for ${setting} is a record, and a setting is one value`);
    case "list":
      return expression.items.map((item) => need(of(item), "string", setting));
    case "negate":
      return -number(expression.of);
    case "not":
      return !flag(expression.of);
    case "if":
      return flag(expression.when) ? of(expression.then) : of(expression.otherwise);
    case "binary":
      return binary(expression, of, number, flag);
    case "call":
      return call(expression.callee.text, expression.args.map(number), setting);
  }
}

function binary(
  { operator, left, right }: Extract<Expr, { kind: "binary" }>,
  of: (part: Expr) => Value,
  number: (part: Expr) => number,
  flag: (part: Expr) => boolean,
): Value {
  switch (operator) {
    case "and":
      return flag(left) && flag(right);
    case "or":
      return flag(left) || flag(right);
    case "==":
      return of(left) === of(right);
    case "!=":
      return of(left) !== of(right);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return arithmetic[operator](number(left), number(right));
  }
}

function call(name: string, args: readonly number[], setting: string): number {
  const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (apply === undefined) {
    throw new UserError(
      `the config rule for ${setting} calls ${name}; it may use ${Object.keys(functions).join(", ")}`,
    );
  }
  return apply(...args);
}

function keyValue(key: string, value: unknown, setting: string): Value {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string")
    return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new UserError(
    `the key "${key}" of config.json, needed for ${setting}, must be a number, a flag, a word or a list of words`,
  );
}

type Kinds = { number: number; boolean: boolean; string: string };

function need<K extends keyof Kinds>(value: Value, kind: K, setting: string): Kinds[K] {
  if (typeof value === kind) return value as Kinds[K];
  throw new UserError(
    `config.json gives ${JSON.stringify(value)} to the rule for ${setting}, which needs a ${kind}`,
  );
}

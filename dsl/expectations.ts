/** What the grammar was waiting for when it met something else, in the user's words. Finds no mistakes itself. */
import type { IParserErrorMessageProvider, IToken, TokenType } from "chevrotain";
import { nearNames } from "./suggest.ts";
import * as t from "./tokens.ts";
import { listed } from "./wording.ts";

export const itemNames = ["block", "model", "function", "constant", "config", "names"] as const;
const anItem = listed(itemNames);

/** What a rule reads, and how to write it. */
const rules: Readonly<Record<string, { readonly expected: string; readonly hint: string }>> = {
  item: { expected: anItem, hint: "an item starts with one of these words" },
  block: {
    expected: "the result's dimensions",
    hint: "write them in brackets after `->`: `-> [B, T, D]`",
  },
  names: {
    expected: "a rule or `}` to close these names",
    hint: 'write `path = "name in the checkpoint"`',
  },
  nameRule: { expected: "a parameter path", hint: 'write `path = "name in the checkpoint"`' },
  settings: {
    expected: "`name = value` or `}` to close these settings",
    hint: "write `name = value`",
  },
  function: {
    expected: "a parameter or `)` to close these parameters",
    hint: "a function's parameters are names without types: `function f(x, cap = 30) { … }`",
  },
  recordType: {
    expected: "`name: [dims]` or `}` to close this record",
    hint: "write each result with its name, such as `{ kept: [B, T, D], gate: [B, T, D] }`",
  },
  record: {
    expected: "`name: value` or `}` to close this record",
    hint: "write each value with its name, such as `{ kept: a, gate: b }`",
  },
  formals: { expected: "a parameter or `)` to close these parameters", hint: "write `name: type`" },
  type: {
    expected: "a type",
    hint: "write dimensions such as `[B, T, D]`, or `size`, `number`, `flag`, `block` or `pattern`",
  },
  tensorType: { expected: "dimensions", hint: "write them in brackets, such as `[B, T, D]`" },
  body: {
    expected: "a statement or `}` to close this body",
    hint: "a statement is `param`, `size` or `name = value`",
  },
  statement: { expected: "a statement", hint: "a statement is `param`, `size` or `name = value`" },
  expression: { expected: "a value", hint: "write a name, a number, a call or `(…)`" },
  operand: { expected: "a value", hint: "write a name, a number, a call or `(…)`" },
  list: { expected: "`,` or `]` to close this list", hint: "separate its items with `,`" },
  arguments: {
    expected: "`,` or `)` to close these arguments",
    hint: "pass tensors by place and settings as `name: value`",
  },
};

const labelOf = (type: TokenType): string => type.LABEL ?? `\`${type.name}\``;
const ends: ReadonlySet<TokenType> = new Set([t.CloseRound, t.CloseSquare, t.CloseCurly]);

/** Gives the parser's errors only what they expected; diagnose() makes the sentence. */
const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, ruleName }) =>
    ends.has(expected) && rules[ruleName] && ruleName !== "operand" && ruleName !== "nameRule"
      ? rules[ruleName].expected
      : labelOf(expected),
  buildNotAllInputParsedMessage: () => anItem,
  buildNoViableAltMessage: ({ ruleName }) => rules[ruleName]?.expected ?? "something else",
  buildEarlyExitMessage: ({ ruleName }) => rules[ruleName]?.expected ?? "something else",
};

/** Thrown through the parser: its repair calls itself once a mistake, so a text of mistakes must be given up. */
export class TooManyMistakes extends Error {}

/** The expectations of one parser, which gives up at `limit` mistakes after each `renew`. */
export function patientExpectations(limit: number) {
  let left = limit;
  const spend =
    <F>(build: (facts: F) => string) =>
    (facts: F) => {
      if (left-- <= 0) throw new TooManyMistakes("too many mistakes");
      return build(facts);
    };
  const provider: IParserErrorMessageProvider = {
    buildMismatchTokenMessage: spend(expectations.buildMismatchTokenMessage),
    buildNotAllInputParsedMessage: spend(expectations.buildNotAllInputParsedMessage),
    buildNoViableAltMessage: spend(expectations.buildNoViableAltMessage),
    buildEarlyExitMessage: spend(expectations.buildEarlyExitMessage),
  };
  const renew = () => {
    left = limit;
  };
  return { provider, renew };
}

const hardWords: ReadonlySet<TokenType> = new Set([
  ...[t.Param, t.Size, t.If, t.Then, t.Else, t.As, t.True, t.False, t.And, t.Or, t.Not],
]);

/** An action that mends what stands at `found`, where `rule` was being read. */
export function hintFor(rule: string, expected: string, found: IToken): string {
  const { tokenType: type, image } = found;
  if (expected === anItem) {
    const near = nearNames(image, itemNames);
    return near.length > 0
      ? `did you mean ${listed(near)}?`
      : "an item starts with one of these words";
  }
  if (expected === labelOf(t.Identifier) && hardWords.has(type)) {
    return `\`${image}\` is a word of the language; choose another name`;
  }
  if (type === t.Assign && rule === "arguments") return "write `:` between a setting and its value";
  if (type === t.Colon && (rule === "setting" || rule === "settings"))
    return "write `=` between a name and its value";
  if (type === t.If && rule === "operand")
    return "put the whole `if … then … else …` in parentheses";
  if (type === t.Text && (rule === "operand" || rule === "expression")) {
    return "strings stand only after `config` and in `names`";
  }
  if (type === t.OpenRound && (rule === "body" || rule === "arguments"))
    return "only a name can be called";
  if (expected === labelOf(t.OpenCurly)) return "open what belongs to it with `{`";
  if (expected === labelOf(t.Text) && rule === "config")
    return 'write its title in quotes, such as `"100M"`';
  if (expected === labelOf(t.Arrow))
    return "write the result's dimensions after the parameters: `-> [B, T, D]`";
  if (expected === labelOf(t.Then))
    return "write the condition, `then` and both values: `if … then … else …`";
  if (expected === labelOf(t.Colon) && rule === "formal")
    return "give each parameter a type: `x: [B, T, D]` for a tensor, `n: size` for a setting";
  if (expected === labelOf(t.Else)) return "every `if` has both branches: `if … then … else …`";
  return rules[rule]?.hint ?? `write ${expected} here`;
}

/** A token as a person would name it. */
export function describe(token: IToken): string {
  if (token.tokenType === t.OpenText || token.tokenType === t.Text) return "a string";
  const short = token.image.length > 40 ? `${token.image.slice(0, 39)}…` : token.image;
  return `\`${short}\``;
}

/** The words of the model language as token types, and the lexer over them. Knows spelling, not order. */
import type { TokenType } from "chevrotain";
import { createToken, EOF, Lexer } from "./chevrotain.ts";

export const Identifier = createToken({
  name: "Identifier",
  pattern: /[A-Za-z_]\w*/,
  label: "a name",
});
/** A parameter path with dots: `layers.{i}.norm.scale`. */
export const Path = createToken({
  name: "Path",
  pattern: /[A-Za-z_]\w*(?:\.(?:\w+|\{\w+\}))+/,
  label: "a parameter path",
});
export const Numeral = createToken({
  name: "Numeral",
  pattern: /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/,
  label: "a number",
});
export const Text = createToken({
  name: "Text",
  pattern: /"(?:[^"\\\r\n]|\\.)*"/,
  label: "a string",
});
/** A string without its end: always a mistake, kept whole so that the rest of its line is not misread. */
export const OpenText = createToken({
  name: "OpenText",
  pattern: /"(?:[^"\\\r\n]|\\.)*/,
  categories: [Text],
  label: "a string",
});

/** Any operator that stands between two values. */
export const Infix = createToken({ name: "Infix", pattern: Lexer.NA, label: "an operator" });
/** Any operator that stands before a value. */
export const Prefix = createToken({ name: "Prefix", pattern: Lexer.NA, label: "`-` or `not`" });
/** A `(` that starts a value, wherever it stands. */
export const Open = createToken({ name: "Open", pattern: Lexer.NA, label: "`(`" });

const sign = (name: string, pattern: string, ...categories: TokenType[]): TokenType =>
  createToken({ name, pattern, categories, label: `\`${pattern}\`` });
const word = (pattern: string, ...categories: TokenType[]): TokenType =>
  createToken({
    name: pattern[0]!.toUpperCase() + pattern.slice(1),
    pattern,
    categories,
    longer_alt: [Path, Identifier],
    label: `\`${pattern}\``,
  });
/** A word with a meaning in one place only, and a plain name everywhere else. */
const softWord = (pattern: string): TokenType => word(pattern, Identifier);

export const Param = word("param");
export const Size = word("size");
export const If = word("if");
export const Then = word("then");
export const Else = word("else");
export const As = word("as");
export const True = word("true");
export const False = word("false");
export const And = word("and", Infix);
export const Or = word("or", Infix);
export const Not = word("not", Prefix);
export const Block = softWord("block");
export const Model = softWord("model");
export const FunctionWord = softWord("function");
export const Constant = softWord("constant");
export const Config = softWord("config");
export const Names = softWord("names");
export const NumberWord = softWord("number");
export const Flag = softWord("flag");
export const Pattern = softWord("pattern");
export const Int = softWord("int");
export const Transpose = softWord("transpose");

/** The words that start an item. */
export const itemWords: ReadonlySet<TokenType> = new Set([
  Block,
  Model,
  FunctionWord,
  Constant,
  Config,
  Names,
]);
/** Stands behind the last token of what the parser reads. */
export const EndOfFile: TokenType = EOF;

export const Arrow = sign("Arrow", "->");
export const Equal = sign("Equal", "==", Infix);
export const Unequal = sign("Unequal", "!=", Infix);
export const LessOrEqual = sign("LessOrEqual", "<=", Infix);
export const MoreOrEqual = sign("MoreOrEqual", ">=", Infix);
export const Less = sign("Less", "<", Infix);
export const More = sign("More", ">", Infix);
export const Assign = sign("Assign", "=");
export const Plus = sign("Plus", "+", Infix);
export const Minus = sign("Minus", "-", Infix, Prefix);
export const Times = sign("Times", "*", Infix);
export const Over = sign("Over", "/", Infix);
export const Remainder = sign("Remainder", "%", Infix);
export const Comma = sign("Comma", ",");
export const Colon = sign("Colon", ":");
export const OpenRound = sign("OpenRound", "(", Open);
export const CloseRound = sign("CloseRound", ")");
export const OpenSquare = sign("OpenSquare", "[");
export const CloseSquare = sign("CloseSquare", "]");
export const OpenCurly = sign("OpenCurly", "{");
export const CloseCurly = sign("CloseCurly", "}");

/** `-` and `(` that open a line outside round and square brackets: they start a value and never continue one. */
export const LineMinus = createToken({
  name: "LineMinus",
  pattern: Lexer.NA,
  categories: [Prefix],
  label: "`-`",
});
export const LineOpen = createToken({
  name: "LineOpen",
  pattern: Lexer.NA,
  categories: [Open],
  label: "`(`",
});

/** `///` before an item. */
export const Doc = createToken({
  name: "Doc",
  pattern: /\/\/\/[^\r\n]*/,
  group: "docs",
  label: "a comment",
});
const Comment = createToken({ name: "Comment", pattern: /\/\/[^\r\n]*/, group: Lexer.SKIPPED });
const Blank = createToken({
  name: "Blank",
  pattern: /[\s\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});

// Longer spellings come before their beginnings.
// biome-ignore format: one family a line
export const allTokens: TokenType[] = [
  Blank, Doc, Comment, Text, OpenText,
  Param, Size, If, Then, Else, As, True, False, And, Or, Not,
  Block, Model, FunctionWord, Constant, Config, Names, NumberWord, Flag, Pattern, Int, Transpose,
  Path, Identifier, Numeral,
  Arrow, Equal, Unequal, LessOrEqual, MoreOrEqual, Less, More, Assign,
  Plus, Minus, Times, Over, Remainder, Comma, Colon,
  OpenRound, CloseRound, OpenSquare, CloseSquare, OpenCurly, CloseCurly,
  Infix, Prefix, Open, LineMinus, LineOpen,
];

export const lexer = new Lexer(allTokens, { ensureOptimizations: true, positionTracking: "full" });

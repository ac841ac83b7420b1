/** The TextMate grammar of the language, made from the tables of its words and functions. Colours what spelling alone tells. */
import { operatorWords } from "../../dsl/analyze/words.ts";
import { initializerDocs, primitiveDocs } from "../../dsl/primitive-docs.ts";

type Captures = Readonly<Record<string, { readonly name: string }>>;
type Rule =
  | { readonly include: string }
  | { readonly match: string; readonly name?: string; readonly captures?: Captures }
  | {
      readonly begin: string;
      readonly end: string;
      readonly name?: string;
      readonly beginCaptures?: Captures;
      readonly endCaptures?: Captures;
      readonly patterns?: readonly Rule[];
    };

const name = "[A-Za-z_]\\w*";
const oneOf = (words: Iterable<string>): string => `(?:${[...words].join("|")})`;
const scoped = (scope: string) => `${scope}.eyrie`;
const captures = (...scopes: readonly string[]): Captures =>
  Object.fromEntries(scopes.map((scope, i) => [String(i + 1), { name: scoped(scope) }]));

const comments: readonly Rule[] = [
  { match: "///.*$", name: scoped("comment.line.documentation") },
  { match: "//.*$", name: scoped("comment.line.double-slash") },
];

const strings: readonly Rule[] = [
  {
    begin: '"',
    end: '"|$',
    name: scoped("string.quoted.double"),
    patterns: [
      { match: "\\\\.", name: scoped("constant.character.escape") },
      { match: "\\{\\w+\\}", name: scoped("constant.other.placeholder") },
    ],
  },
];

/** The heads of items: a word, then a name that is defined or meant. */
const items: readonly Rule[] = [
  {
    match: `\\b(block|model)\\s+(${name})(?=\\s*\\()`,
    captures: captures("storage.type", "entity.name.type"),
  },
  {
    match: `\\b(function)\\s+(${name})(?=\\s*\\()`,
    captures: captures("storage.type", "entity.name.function"),
  },
  {
    match: `\\b(constant)\\s+(${name})(?=\\s*=)`,
    captures: captures("storage.type", "variable.other.constant"),
  },
  {
    match: `\\b(config)\\s+(${name})(?=\\s*")`,
    captures: captures("storage.type", "entity.name.type"),
  },
  {
    match: `\\b(names)\\s+(${name})(?=\\s*\\{)`,
    captures: captures("storage.type", "entity.name.namespace"),
  },
  { match: "\\bconfig\\b(?=\\s*\\{)", name: scoped("storage.type") },
];

const controls = ["if", "then", "else"];
const words: readonly Rule[] = [
  {
    match: `\\b(as)\\s+(${name})`,
    captures: captures("keyword.other.as", "entity.name.label"),
  },
  { match: "\\bas\\b", name: scoped("keyword.other.as") },
  { match: `\\b${oneOf(controls)}\\b`, name: scoped("keyword.control") },
  { match: `\\b${oneOf(operatorWords)}\\b`, name: scoped("keyword.operator.word") },
  { match: "\\b(?:true|false)\\b", name: scoped("constant.language") },
  { match: '\\btranspose\\b(?=\\s*")', name: scoped("keyword.other.transpose") },
  {
    match: `\\b(param|size)\\s+(${name})(?=\\s*[:=])`,
    captures: captures("storage.type", "variable.other.definition"),
  },
  { match: "\\bparam\\b", name: scoped("storage.type") },
];

/** `name: type` in a parameter list, and types where they stand alone. */
const types: readonly Rule[] = [
  {
    match: `\\b(${name})\\s*(:)\\s*(size|number|flag|block|pattern)\\b(?!\\s*\\()`,
    captures: captures("variable.parameter", "punctuation.separator.type", "support.type"),
  },
  { match: "\\bsize\\b", name: scoped("support.type") },
  { match: "\\bint\\b(?=\\s*\\[)", name: scoped("support.type") },
];

/** Functions of the language; `gather(` is one, `gather` alone may be anything. */
const calls: readonly Rule[] = [
  {
    match: `\\b${oneOf([...Object.keys(primitiveDocs), "normal", "uniform"])}\\b(?=\\s*\\()`,
    name: scoped("support.function"),
  },
  {
    match: `\\b${oneOf(Object.keys(initializerDocs).filter((w) => w !== "normal" && w !== "uniform"))}\\b`,
    name: scoped("support.constant"),
  },
  { match: "\\b(?:tokens|position)\\b", name: scoped("variable.language") },
  { match: "\\b[BT]\\b", name: scoped("variable.language.dimension") },
  { match: `\\b${name}(?=\\s*\\()`, name: scoped("entity.name.function.call") },
];

const places: readonly Rule[] = [
  {
    match: `\\b(${name})\\s*(:)`,
    captures: captures("variable.parameter", "punctuation.separator.key-value"),
  },
  { match: `\\b${name}(?:\\.(?:\\w+|\\{\\w+\\}))+`, name: scoped("variable.other.property") },
  { match: `\\b${name}\\b`, name: scoped("variable.other") },
];

const marks: readonly Rule[] = [
  { match: "\\b\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?", name: scoped("constant.numeric") },
  { match: "->", name: scoped("keyword.operator.arrow") },
  { match: "==|!=|<=|>=|<|>", name: scoped("keyword.operator.comparison") },
  { match: "=", name: scoped("keyword.operator.assignment") },
  { match: "[-+*/%]", name: scoped("keyword.operator.arithmetic") },
  { match: ",", name: scoped("punctuation.separator.list") },
  { match: ":", name: scoped("punctuation.separator.key-value") },
  { match: "[()]", name: scoped("punctuation.section.parens") },
  { match: "[\\[\\]]", name: scoped("punctuation.section.brackets") },
  { match: "[{}]", name: scoped("punctuation.section.braces") },
];

/** As `syntaxes/eyrie.tmLanguage.json` holds it. */
export const grammar = {
  name: "Eyrie",
  scopeName: "source.eyrie",
  fileTypes: ["eyrie"],
  patterns: [...comments, ...strings, ...items, ...words, ...types, ...calls, ...places, ...marks],
} as const;

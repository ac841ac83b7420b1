/** Turns a file's text into its Ast and everything wrong with its spelling and order. Never throws; knows no names or shapes. */
import type { CstNode, IRecognitionException, IToken } from "chevrotain";
import type { Diagnostic } from "./diagnostics.ts";
import {
  describe,
  hintFor,
  itemNames,
  patientExpectations,
  TooManyMistakes,
} from "./expectations.ts";
import { Grammar } from "./grammar.ts";
import { diagnose } from "./messages.ts";
import { type Run, scan } from "./scan.ts";
import type { Site } from "./site.ts";
import { reword } from "./slips.ts";
import type { File, Item, Span } from "./syntax.ts";
import { EndOfFile, itemWords, lexer, OpenText } from "./tokens.ts";
import { buildItem } from "./tree.ts";
import { listed } from "./wording.ts";

/** Longest file in UTF-16 units: far above any model, and small enough to answer at once. */
const sizeLimit = 250_000;
/** Most mistakes of one file that are told. */
const mistakeLimit = 50;

const { provider, renew } = patientExpectations(mistakeLimit + 1);
const grammar = new Grammar(provider);

export type Parsed = { readonly ast: File; readonly diagnostics: Diagnostic[] };

export function parse(file: string, source: string): Parsed {
  if (source.length > sizeLimit) {
    const span = { file, from: 0, to: 1 };
    return {
      ast: { file, source, items: [] },
      diagnostics: [diagnose("E0112", span, { limit: sizeLimit })],
    };
  }
  const { tokens, groups, errors } = lexer.tokenize(source);
  const mistakes = new Mistakes(source);
  for (const { offset, length } of errors.slice(0, mistakeLimit + 1)) {
    const text = source.slice(offset, offset + Math.min(length, 24));
    mistakes.add(diagnose("E0101", { file, from: offset, to: offset + length }, { text }));
  }
  for (const token of tokens) {
    if (token.tokenType === OpenText) mistakes.add(diagnose("E0102", spanOf(file, token), {}));
  }
  const { runs, diagnostics } = scan(file, tokens);
  for (const diagnostic of diagnostics) mistakes.add(diagnostic);
  const docs = docsByLine(groups.docs ?? [], tokens);
  const items = runs.flatMap((run, index) => {
    const next = runs[index + 1]?.tokens[0];
    const opensLine = runs[index - 1]?.tokens.at(-1)?.endLine !== run.tokens[0]?.startLine;
    const doc = opensLine ? docAbove(run.tokens[0]!, docs) : "";
    return mistakes.full ? [] : (parseRun(file, run, next, doc, mistakes) ?? []);
  });
  const documented = new Set(runs.flatMap(({ tokens: [first] }) => linesAbove(first, docs)));
  for (const token of groups.docs ?? [])
    if (docs.has(token.startLine ?? 0) && !documented.has(token.startLine ?? 0))
      mistakes.addUnlessEcho(diagnose("W0506", spanOf(file, token), {}));
  return { ast: { file, source, items }, diagnostics: reword(source, mistakes.told(file)) };
}

function parseRun(
  file: string,
  run: Run,
  next: IToken | undefined,
  doc: string,
  mistakes: Mistakes,
): Item | null {
  const first = run.tokens[0]!;
  if (!run.readable) return null;
  if (!itemWords.has(first.tokenType)) {
    const expected = listed(itemNames);
    const facts = { expected, found: describe(first), hint: hintFor("item", expected, first) };
    mistakes.add(diagnose("E0103", spanOf(file, first), facts));
    return null;
  }
  const tree = readItem(run);
  for (const error of grammar.errors) mistakes.addUnlessEcho(explain(file, error, next));
  const last = run.tokens.at(-1)!;
  const whole = !mistakes.within(first.startOffset, (last.endOffset ?? last.startOffset) + 2);
  const site: Site = {
    file,
    doc,
    whole,
    say: (diagnostic) => mistakes.add(diagnostic),
    sayUnlessEcho: (diagnostic) => mistakes.addUnlessEcho(diagnostic),
    isBroken: ({ from, to }) => !whole && mistakes.within(from, to + 1),
  };
  return tree ? buildItem(site, tree) : null;
}

/** The parser's tree; null where the text was given up. */
function readItem(run: Run): CstNode | null {
  renew();
  grammar.input = run.tokens;
  try {
    return grammar.item() ?? null;
  } catch (error) {
    if (error instanceof TooManyMistakes) return null;
    throw error;
  }
}

/** A recognition error in the catalogue's words; where a line or the item ends too early, just behind its last token. */
function explain(file: string, error: IRecognitionException, next: IToken | undefined): Diagnostic {
  const rule = error.context.ruleStack.at(-1) ?? "item";
  const atEnd = error.token.tokenType === EndOfFile;
  const before = "previousToken" in error ? (error.previousToken as IToken | undefined) : undefined;
  const found = !atEnd ? describe(error.token) : next ? describe(next) : "the end of the file";
  const early = before && (atEnd || (error.token.startLine ?? 0) > (before.endLine ?? 0));
  const span = early ? behind(file, before) : spanOf(file, error.token);
  const expected = error.message;
  return diagnose("E0103", span, { expected, found, hint: hintFor(rule, expected, error.token) });
}

const spanOf = (file: string, token: IToken): Span => {
  const from = Number.isNaN(token.startOffset) ? 0 : token.startOffset;
  return { file, from, to: from + Math.max(token.image.length, 1) };
};
const behind = (file: string, token: IToken): Span => {
  const from = (token.endOffset ?? token.startOffset) + 1;
  return { file, from, to: from + 1 };
};

/** What `///` says on lines of its own; behind other words it is a comment. */
function docsByLine(docs: readonly IToken[], tokens: readonly IToken[]): Map<number, string> {
  const taken = new Set(tokens.map((token) => token.startLine));
  return new Map(
    docs
      .filter((doc) => !taken.has(doc.startLine))
      .map((doc) => [doc.startLine ?? 0, doc.image.replace(/^\/\/\/ ?/, "").trimEnd()]),
  );
}

/** The lines of the unbroken run of `///` right above an item, from the first on. */
function linesAbove(item: IToken | undefined, docs: ReadonlyMap<number, string>): number[] {
  const lines: number[] = [];
  for (let line = (item?.startLine ?? 1) - 1; docs.has(line); line--) lines.unshift(line);
  return lines;
}

const docAbove = (item: IToken, docs: ReadonlyMap<number, string>): string =>
  linesAbove(item, docs)
    .map((line) => docs.get(line)!)
    .join("\n");

/** Collects mistakes, and drops what the parser trips over on a line that already holds one. */
class Mistakes {
  private readonly all: Diagnostic[] = [];
  private readonly lines = new Set<number>();
  private readonly starts: number[];

  constructor(source: string) {
    this.starts = [0];
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1))
      this.starts.push(at + 1);
  }

  get full(): boolean {
    return this.all.length > mistakeLimit;
  }

  add(diagnostic: Diagnostic): void {
    if (this.full) return;
    this.all.push(diagnostic);
    this.lines.add(this.lineAt(diagnostic.span.from));
  }

  addUnlessEcho(diagnostic: Diagnostic): void {
    if (!this.lines.has(this.lineAt(diagnostic.span.from))) this.add(diagnostic);
  }

  within(from: number, to: number): boolean {
    return this.all.some(({ span }) => span.from >= from && span.from < to);
  }

  /** In the order of the text, at most `mistakeLimit` of them. */
  told(file: string): Diagnostic[] {
    const sorted = this.all.toSorted((a, b) => a.span.from - b.span.from);
    if (sorted.length <= mistakeLimit) return sorted;
    if (sorted.every(({ severity }) => severity !== "error")) return sorted.slice(0, mistakeLimit);
    const { from } = sorted[mistakeLimit]!.span;
    const more = diagnose("E0107", { file, from, to: from + 1 }, { shown: mistakeLimit });
    return [...sorted.slice(0, mistakeLimit), more];
  }

  private lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

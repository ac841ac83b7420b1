/**
 * Cuts a file's tokens into one run an item and balances each run's brackets, so that a mistake in one item
 * never reaches the next. Knows brackets and line starts; knows nothing of what stands between them.
 */
import type { IToken, TokenType } from "chevrotain";
import { createTokenInstance } from "./chevrotain.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { diagnose } from "./messages.ts";
import type { Span } from "./syntax.ts";
import * as t from "./tokens.ts";

/** Deepest nesting of brackets, `if`s and prefixes: the parser calls itself once a level. */
const depthLimit = 100;
/** Most operators in one expression: the tree is as deep as it has operators. */
const operatorLimit = 1000;

/** The tokens of one item; unreadable where its nesting is too deep to parse. */
export type Run = { readonly tokens: IToken[]; readable: boolean };

/** An open bracket, and what was counted since the last comma or `=` inside it. */
type Level = {
  readonly open: IToken;
  readonly isBody: boolean;
  prefixes: number;
  operators: number;
};

const closers = new Map([
  [t.OpenRound, t.CloseRound],
  [t.LineOpen, t.CloseRound],
  [t.OpenSquare, t.CloseSquare],
  [t.OpenCurly, t.CloseCurly],
]);
const closing: ReadonlySet<TokenType> = new Set(closers.values());
const titles: ReadonlySet<TokenType> = new Set([t.OpenRound, t.OpenCurly, t.Text, t.Assign]);
const closerOf = (open: IToken): TokenType => closers.get(open.tokenType)!;
const signOf = (type: TokenType): string => String(type.PATTERN);

/** One run for each item; a run before the first item holds what belongs to none. */
export function scan(
  file: string,
  tokens: readonly IToken[],
): { runs: Run[]; diagnostics: Diagnostic[] } {
  const scanner = new Scanner(file);
  tokens.forEach((token, index) => {
    scanner.take(token, tokens, index);
  });
  scanner.closeDownTo(0);
  return {
    runs: scanner.runs.filter((run) => run.tokens.length > 0),
    diagnostics: scanner.diagnostics,
  };
}

class Scanner {
  readonly runs: Run[] = [{ tokens: [], readable: true }];
  readonly diagnostics: Diagnostic[] = [];
  private levels: Level[] = [];
  private ground = { prefixes: 0, operators: 0 };
  private depth = 0;
  private operators = 0;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  take(token: IToken, tokens: readonly IToken[], index: number): void {
    const opensLine = token.startLine !== tokens[index - 1]?.endLine;
    if (this.startsItem(tokens, index, opensLine)) this.startRun();
    if (!this.run.readable) return;
    if (opensLine && startsStatement(tokens, index)) this.closeToBody();
    if (opensLine && !this.inBrackets()) retag(token);
    if (closers.has(token.tokenType)) this.open(token, isBody(tokens, index));
    else if (closing.has(token.tokenType)) this.close(token);
    else this.count(token);
  }

  /** Imagines the closers of all levels above the lowest `keep`, and says so. */
  closeDownTo(keep: number): void {
    while (this.levels.length > keep) {
      const { open } = this.levels.at(-1)!;
      const closer = closerOf(open);
      this.diagnostics.push(
        diagnose("E0104", this.spanOf(open), { open: open.image, close: signOf(closer) }),
      );
      this.pop();
      this.imagine(closer);
    }
  }

  private startsItem(tokens: readonly IToken[], index: number, opensLine: boolean): boolean {
    const token = tokens[index]!;
    if (!t.itemWords.has(token.tokenType)) return false;
    const named =
      tokens[index + 1]?.tokenType === t.Identifier &&
      titles.has(tokens[index + 2]?.tokenType ?? t.Comma);
    if (this.levels.length === 0 && this.run.readable) return opensLine || named;
    return opensLine && named && token.startColumn === 1;
  }

  private startRun(): void {
    this.closeDownTo(0);
    this.ground = { prefixes: 0, operators: 0 };
    this.depth = 0;
    this.operators = 0;
    this.runs.push({ tokens: [], readable: true });
  }

  private inBrackets(): boolean {
    const level = this.levels.at(-1);
    return level !== undefined && !level.isBody;
  }

  /** A statement inside round or square brackets of a body: they were never closed. */
  private closeToBody(): void {
    const body = this.levels.findLastIndex((level) => level.isBody);
    if (body >= 0) this.closeDownTo(body + 1);
  }

  private open(token: IToken, isBody: boolean): void {
    if (isBody && this.inBrackets())
      this.closeDownTo(this.levels.findLastIndex((level) => level.isBody) + 1);
    this.run.tokens.push(token);
    this.levels.push({ open: token, isBody, prefixes: 0, operators: 0 });
    this.deepen(token);
  }

  private close(token: IToken): void {
    const matching = this.levels.findLastIndex(({ open }) => closerOf(open) === token.tokenType);
    const body = this.levels.findLastIndex((level) => level.isBody);
    if (matching >= Math.max(body, 0)) {
      this.closeDownTo(matching + 1);
      this.pop();
      this.run.tokens.push(token);
      return;
    }
    const open = this.inBrackets() ? this.levels.at(-1)!.open : null;
    const related = open ? [{ span: this.spanOf(open), message: "it was opened here" }] : [];
    const facts = { close: token.image, open: open?.image ?? null };
    this.diagnostics.push(diagnose("E0105", this.spanOf(token), facts, related));
    if (!open) return;
    this.pop();
    this.imagine(closerOf(open));
  }

  private count(token: IToken): void {
    const level = this.levels.at(-1) ?? this.ground;
    const { tokenType: type } = token;
    this.run.tokens.push(token);
    if (type === t.Comma || type === t.Assign) {
      this.forget(level);
    } else if (type === t.If || type === t.Not || type === t.Minus || type === t.LineMinus) {
      const previous = this.run.tokens.at(-2)?.tokenType;
      const stacked =
        type === t.If || previous === t.Minus || previous === t.Not || previous === t.LineMinus;
      if (stacked) {
        level.prefixes++;
        this.deepen(token);
      }
    }
    if (type.CATEGORIES?.includes(t.Infix)) {
      level.operators++;
      this.operators++;
      if (this.operators === operatorLimit + 1) {
        this.refuse(diagnose("E0116", this.spanOf(token), { operators: operatorLimit }));
      }
    }
  }

  private deepen(token: IToken): void {
    this.depth++;
    if (this.depth > depthLimit)
      this.refuse(diagnose("E0106", this.spanOf(token), { limit: depthLimit }));
  }

  private refuse(diagnostic: Diagnostic): void {
    if (this.run.readable) this.diagnostics.push(diagnostic);
    this.run.readable = false;
    this.levels = [];
  }

  private pop(): void {
    this.forget(this.levels.pop()!);
    this.depth--;
  }

  private forget(level: { prefixes: number; operators: number }): void {
    this.depth -= level.prefixes;
    this.operators -= level.operators;
    level.prefixes = 0;
    level.operators = 0;
  }

  private imagine(type: TokenType): void {
    const { endOffset = 0, endLine = 1, endColumn = 1 } = this.run.tokens.at(-1)!;
    const start = endOffset + 1;
    this.run.tokens.push(
      createTokenInstance(type, "", start, endOffset, endLine, endLine, endColumn + 1, endColumn),
    );
  }

  private get run(): Run {
    return this.runs.at(-1)!;
  }

  private spanOf(token: IToken): Span {
    return {
      file: this.file,
      from: token.startOffset,
      to: (token.endOffset ?? token.startOffset) + 1,
    };
  }
}

/** Whether a `{` opens a body or settings; `{ name:` opens a record, which stands inside brackets, too. */
function isBody(tokens: readonly IToken[], index: number): boolean {
  if (tokens[index]!.tokenType !== t.OpenCurly) return false;
  const [first, second] = [tokens[index + 1], tokens[index + 2]];
  const isName =
    first?.tokenType === t.Identifier || first?.tokenType.CATEGORIES?.includes(t.Identifier);
  return !isName || second?.tokenType !== t.Colon;
}

/** `param w`, `size K = or `name =`: inside round brackets none of them can stand at the start of a line. */
function startsStatement(tokens: readonly IToken[], index: number): boolean {
  const type = tokens[index]!.tokenType;
  const next = tokens[index + 1]?.tokenType;
  if (type === t.Param || type === t.Size) return next === t.Identifier;
  return type === t.Identifier && next === t.Assign;
}

function retag(token: IToken): void {
  const type =
    token.tokenType === t.Minus ? t.LineMinus : token.tokenType === t.OpenRound ? t.LineOpen : null;
  if (type === null) return;
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}

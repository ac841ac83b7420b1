/** PTX text as words, numbers and signs, each with its line; comments are gone. */
import { UserError } from "../../../../src/graph/bug.ts";

export type Token = {
  readonly kind: "word" | "number" | "string" | "sign" | "end";
  readonly text: string;
  readonly line: number;
};

const pattern =
  /(?<blank>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"[^"\n]*")|(?<number>0[fF][0-9a-fA-F]{8}\b|0[dD][0-9a-fA-F]{16}\b|0[xX][0-9a-fA-F]+U?|\d+(?![\w.])U?|\d+U)|(?<version>\d+\.\d+)|(?<word>[.%$_A-Za-z][\w$.%]*(?:::[\w.]+)*)|(?<sign>[{}()[\],;:@!|+\-<>=*])/y;

export function failAt(line: number, what: string): never {
  throw new UserError(
    `PTX line ${line}: ${what}; the emulator runs what nvcc emits for sm_80, see targets/cuda/emulator`,
  );
}

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) failAt(line, `cannot read ${JSON.stringify(text.slice(at, at + 20))}`);
    const { blank, string, number, version, word, sign } = match.groups!;
    if (string !== undefined) tokens.push({ kind: "string", text: string.slice(1, -1), line });
    else if (number !== undefined || version !== undefined)
      tokens.push({ kind: "number", text: number ?? version!, line });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, line });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, line });
    if (blank !== undefined) line += blank.split("\n").length - 1;
  }
  tokens.push({ kind: "end", text: "", line });
  return tokens;
}

/** A place in the tokens. */
export type Reader = ReturnType<typeof readerOf>;

export function readerOf(text: string) {
  const tokens = tokensOf(text);
  let at = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(at + ahead, tokens.length - 1)]!;
  const next = (): Token => {
    const token = peek();
    at++;
    return token;
  };
  const sees = (sign: string): boolean => peek().text === sign && peek().kind !== "string";
  const accept = (sign: string): boolean => {
    if (!sees(sign)) return false;
    at++;
    return true;
  };
  const fail = (what: string): never => failAt(peek().line, what);
  const expect = (sign: string): void => {
    if (!accept(sign)) fail(`expected '${sign}' before '${peek().text}'`);
  };
  const word = (): string => {
    if (peek().kind !== "word") fail(`expected a name before '${peek().text}'`);
    return next().text;
  };
  const integer = (): bigint => {
    const negative = accept("-");
    const token = next();
    if (token.kind !== "number" || !/^(0[xX][0-9a-fA-F]+|\d+)U?$/.test(token.text))
      failAt(token.line, `expected a whole number before '${token.text}'`);
    const value = BigInt(token.text.replace(/U$/, ""));
    return negative ? -value : value;
  };
  return { peek, next, sees, accept, expect, word, integer, fail };
}

/** What every builder of the Ast asks of the parser's tree: its parts, its places, and whom to tell. */
import type { CstNode, IToken } from "chevrotain";
import type { Diagnostic } from "./diagnostics.ts";
import { type Code, diagnose, type Facts } from "./messages.ts";
import type { Name, Span } from "./syntax.ts";

/** What building one item needs: where it stands, its doc, and whom to tell. */
export type Site = {
  readonly file: string;
  readonly doc: string;
  /** Neither the lexer nor the grammar met a mistake in it. */
  readonly whole: boolean;
  readonly say: (diagnostic: Diagnostic) => void;
  /** Says it only where the line holds no mistake yet. */
  readonly sayUnlessEcho: (diagnostic: Diagnostic) => void;
  /** Some of this could not be read: what was read of it is not to be trusted. */
  readonly isBroken: (span: Span) => boolean;
};

/** The parts of a node that one rule read. */
export const nodes = (node: CstNode | undefined, rule: string): CstNode[] =>
  (node?.children[rule] ?? []).filter((child): child is CstNode => "children" in child);
/** The words of a node of one type, without those that recovery imagined. */
export const tokens = (node: CstNode | undefined, type: string): IToken[] =>
  (node?.children[type] ?? []).filter(
    (child): child is IToken => "image" in child && !Number.isNaN(child.startOffset),
  );

/** The name that stands in place of what could not be read; a diagnostic was already given. */
export const hole = "";

/** From the start of one token to the end of another. */
export const spanOf = (site: Site, from: IToken, to: IToken = from): Span => ({
  file: site.file,
  from: from.startOffset,
  to: (to.endOffset ?? to.startOffset) + 1,
});

/** First to last token below a node; null where recovery left it empty. */
export function cover(site: Site, node: CstNode | undefined): Span | null {
  const from = node?.location?.startOffset ?? Number.NaN;
  if (Number.isNaN(from)) return null;
  const last = node?.location?.endOffset ?? Number.NaN;
  return { file: site.file, from, to: (Number.isNaN(last) ? from : last) + 1 };
}

/** Says one mistake in the catalogue's words. */
export function tell<C extends Code>(site: Site, code: C, span: Span, facts: Facts<C>): void {
  site.say(diagnose(code, span, facts));
}

/** A word as a name with its place. */
export function nameOf(site: Site, token: IToken | undefined, near: Span): Name {
  return token ? { text: token.image, span: spanOf(site, token) } : { text: hole, span: near };
}

/** Asks for a comma between the parts of a bracketed list, and says where the first one lacks. */
export function askCommas(site: Site, node: CstNode, parts: readonly CstNode[]): void {
  const commas = tokens(node, "Comma").map((comma) => comma.startOffset);
  for (let i = 1; i < parts.length && site.whole; i++) {
    const before = cover(site, parts[i - 1]);
    const after = cover(site, parts[i]);
    // Where none lacks, part i follows comma i - 1.
    if (!before || !after || (commas[i - 1] ?? after.from) < after.from) continue;
    const found = "the next part of the list";
    const place = { ...after, to: after.from + 1 };
    tell(site, "E0103", place, { expected: "`,`", found, hint: "put `,` between the two parts" });
    return;
  }
}

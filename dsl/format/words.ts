/** The words of a file in their order, each with the comments before it: what a printer reads along with the Ast. Knows spelling, no layout. */
import type { IToken } from "chevrotain";
import { CompilerBug } from "../../src/graph/bug.ts";
import type { File, Span } from "../syntax.ts";
import { lexer } from "../tokens.ts";
import { parenthesesOf } from "./parentheses.ts";

/** One `//` or `///`, to the end of its line. */
export type Comment = {
  readonly text: string;
  /** Where it stands in the source. */
  readonly at: number;
  /** Nothing but spaces stands before it on its line. */
  readonly opensLine: boolean;
  readonly afterBlank: boolean;
};
type Word = {
  readonly image: string;
  readonly from: number;
  readonly comments: readonly Comment[];
  readonly afterBlank: boolean;
};

/** Goes through the words that stay. Comments wait until a place takes them: none can be lost, none changes its order. */
export class Words {
  private readonly words: readonly Word[];
  private readonly ends: ReadonlyMap<number, number>;
  private at = 0;
  private waiting: Comment[];

  /** Of a file without mistakes. */
  constructor(file: File) {
    const { tokens } = lexer.tokenize(file.source);
    const { needless, ends } = parenthesesOf(file, tokens);
    this.ends = ends;
    this.words = wordsOf(file.source, tokens, needless);
    this.waiting = [...this.next.comments];
  }

  /** The next word as it is spelt; `expected` is what the Ast says it is. */
  take(expected?: string): string {
    const { image } = this.next;
    if (image === "" || (expected !== undefined && image !== expected))
      throw new CompilerBug(`the formatter expected \`${expected}\` and found \`${image}\``);
    this.at++;
    // One by one: a file may hold more comments than a call takes arguments.
    for (const comment of this.next.comments) this.waiting.push(comment);
    return image;
  }

  /** The comments before the next word that no place has taken; those up to a place of the source, where it is given. */
  comments(until = Number.POSITIVE_INFINITY): readonly Comment[] {
    const taken = this.waiting.filter(({ at }) => at < until);
    this.waiting = this.waiting.slice(taken.length);
    return taken;
  }

  /** A blank line stands right before the next word. */
  get afterBlank(): boolean {
    return this.next.afterBlank;
  }

  /** The next word as it is spelt, which stays; empty at the end. */
  get ahead(): string {
    return this.next.image;
  }

  /** Where the next word stands in the source. */
  get from(): number {
    return this.next.from;
  }

  /** The next word is a parenthesis that opens there and closes at the end of the span. */
  opens({ from, to }: Span): boolean {
    return this.from === from && this.ends.get(from) === to;
  }

  private get next(): Word {
    return this.words[this.at]!;
  }
}

function wordsOf(
  source: string,
  tokens: readonly IToken[],
  needless: ReadonlySet<number>,
): readonly Word[] {
  const words: Word[] = [];
  let gaps: Gap[] = [];
  let from = 0;
  tokens.forEach(({ image, startOffset }, index) => {
    gaps.push({ from, text: source.slice(from, startOffset) });
    from = startOffset + image.length;
    if (needless.has(index)) return;
    words.push({ image, from: startOffset, ...readGaps(gaps) });
    gaps = [];
  });
  gaps.push({ from, text: `${source.slice(from)}\n` });
  return [...words, { image: "", from: source.length, ...readGaps(gaps) }];
}

/** Spaces and comments between two neighbours among all words. */
type Gap = { readonly from: number; readonly text: string };

/** What stands between two words that stay. */
function readGaps(gaps: readonly Gap[]): Pick<Word, "comments" | "afterBlank"> {
  const comments: Comment[] = [];
  let afterBlank = false;
  for (const { from, text } of gaps) {
    let [at, opensLine] = [from, from === 0];
    const lines = text.split(/(\r\n?|\n)/);
    lines.forEach((line, index) => {
      const isBreak = index % 2 === 1;
      const trimmed = line.trim();
      if (trimmed !== "") {
        comments.push({ text: trimmed, at, opensLine, afterBlank });
        afterBlank = false;
      } else if (!isBreak && opensLine && index < lines.length - 1) afterBlank = true;
      opensLine ||= isBreak;
      at += line.length;
    });
  }
  return { comments, afterBlank };
}

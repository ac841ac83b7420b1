/** Finds places in a line of CUDA text and says what stands there instead. Knows how expressions nest, no mistakes. */

/** A piece of a line in place of another. */
export type Edit = { readonly from: number; readonly to: number; readonly by: string };
/** A kind of mistake. */
export type Change = {
  readonly kind: string;
  /** Every way to make this mistake in a line. */
  readonly edits: (line: string, file: File) => readonly Edit[];
  /** Not a change of an expression's value alone. */
  readonly isStatement?: true;
};

export type Memory = { readonly shared: boolean; readonly type: string };
export type Memories = ReadonlyMap<string, Memory>;
/** What a file says of itself. */
export type File = { readonly memories: Memories };

/** Replaces each match of the pattern; `by` null leaves a match alone. */
export const each =
  (pattern: RegExp, by: (match: RegExpMatchArray, file: File) => string | null) =>
  (line: string, file: File): readonly Edit[] =>
    [...line.matchAll(pattern)].flatMap((match) => {
      const text = by(match, file);
      return text === null
        ? []
        : [{ from: match.index, to: match.index + match[0].length, by: text }];
    });

export const isShared = (name: string, { memories }: File) => memories.get(name)?.shared ?? false;

/** Arguments as texts with their places, for a call whose bracket opens at `open`. */
export function argumentsOf(line: string, open: number): readonly { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let [depth, from] = [0, open + 1];
  for (let at = open; at < line.length; at++) {
    const c = line[at]!;
    if ("([{".includes(c)) depth++;
    if (")]}".includes(c)) depth--;
    if ((depth === 1 && c === ",") || depth === 0) {
      found.push({ from, to: at });
      from = at + 1;
    }
    if (depth === 0) break;
  }
  return found;
}

/** The smallest whole expression around the edit, which is compared with what the edit makes of it. */
export function witnessOf(line: string, { from, to, by }: Edit): string {
  let [start, end] = [from, to];
  for (let depth = 0; start > 0; start--) {
    const c = line[start - 1]!;
    if (")]}".includes(c)) depth++;
    if (depth === 0 && ("([{,;".includes(c) || (c === " " && line.slice(0, start).endsWith(" = "))))
      break;
    if ("([{".includes(c)) depth--;
  }
  for (let depth = 0; end < line.length; end++) {
    const c = line[end]!;
    if (depth === 0 && ")]},;".includes(c)) break;
    if ("([{".includes(c)) depth++;
    if (")]}".includes(c)) depth--;
  }
  const [own, made] = [line.slice(start, end), line.slice(start, from) + by + line.slice(to, end)];
  return `${line.slice(0, start)} witness(${own.trim()}, ${made.trim()})${line.slice(end)}`;
}

/** Buffers and workgroup memories by name. */
export function memoriesOf(text: string): Memories {
  const shared = [...text.matchAll(/__shared__ (?:__align__\(16\) )?(\w+) (\w+)\[/g)];
  const buffers = [...text.matchAll(/((?:const )?\w+)\* __restrict__ (\w+)/g)];
  return new Map<string, Memory>([
    ...shared.map(
      ([, type, name]) => [name!, { shared: true, type: type! }] satisfies [string, Memory],
    ),
    ...buffers.map(
      ([, type, name]) => [name!, { shared: false, type: type! }] satisfies [string, Memory],
    ),
  ]);
}

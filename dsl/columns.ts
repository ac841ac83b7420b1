/** How wide texts stand on a terminal, and which part of a long line is shown. Knows characters, not what they say. */

const tabWidth = 4;
/** Longest piece of a source line that is shown, in UTF-16 units. */
const widest = 120;

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const bare = /^[\p{M}\p{Cf}]+$/u;
const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that a terminal gives a text: marks alone take none, East Asian wide characters and pictures two. */
export function columns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let total = 0;
  for (const { segment } of characters.segment(text))
    if (!bare.test(segment)) total += wide.test(segment) ? 2 : 1;
  return total;
}

/** Characters that a terminal would obey, or that would turn the text around, become visible marks. */
export const visible = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "�");

/** A piece of source as it is shown: tabs widened, nothing that a terminal would obey. */
export const widen = (text: string): string => visible(text.replaceAll("\t", " ".repeat(tabWidth)));

/** A source line as it is shown, and the column of each of its offsets there. */
export type Shown = { readonly text: string; readonly columnOf: (offset: number) => number };

/** A line, its far ends cut off where it is too long to show whole; what stands at `from` to `to` stays. */
export function shown(line: string, from: number, to: number): Shown {
  if (line.length <= widest)
    return { text: widen(line), columnOf: (offset) => columns(widen(line.slice(0, offset))) };
  const start = boundary(line, Math.min(from - widest / 2, line.length - widest));
  const end = boundary(line, Math.max(start, Math.min(to, from + widest / 2)) + widest / 2);
  const [before, after] = [start > 0 ? "…" : "", end < line.length ? "…" : ""];
  const text = `${before}${widen(line.slice(start, end))}${after}`;
  const columnOf = (offset: number): number => {
    if (offset < start) return 0;
    const inside = columns(before + widen(line.slice(start, Math.min(offset, end))));
    return offset > end ? inside + 1 : inside;
  };
  return { text, columnOf };
}

/** A cut that parts no surrogate pair and no mark from its letter. */
function boundary(line: string, at: number): number {
  let cut = Math.min(Math.max(at, 0), line.length);
  while (cut > 0 && cut < line.length && /^[\udc00-\udfff\p{M}]/u.test(line.slice(cut))) cut--;
  return cut;
}

/** Puts words on lines: any spaces, line breaks where they are harmless, and comments, each different from all others. */
import { breaksOf } from "./breaks.ts";
import type { Choices } from "./choices.ts";
import type { Word } from "./spell.ts";

const newlines = ["\n", "\n", "\r\n", "\n\n", "\n\n\n", "\r\n \r\n", "\r"];
const comments = [
  "",
  " (",
  ' "open',
  " x = 1",
  "  spaced  ",
  ` ${"long ".repeat(30)}`,
  " größer 你好",
];

/** The text, with comments between the words where `remarks` asks for them. */
export function layOut(words: readonly Word[], choices: Choices, remarks: boolean): string {
  let text = choices.once(8) ? "\uFEFF" : "";
  let count = 0;
  const remark = (): string => {
    const word = choices.one(["//", "///", "// ", "////"]);
    return `${word}c${count++}${choices.one(comments)}`;
  };
  /** Spaces, or lines with comments; ends behind a line break where it has one. */
  const gap = (mayBreak: boolean): string => {
    const space = choices.one([" ", "", "  ", "\t"]);
    if (!mayBreak) return space;
    let lines = "";
    while (remarks && choices.once(5)) {
      const start = choices.once(2) ? `${choices.one(newlines)} ` : " ";
      lines += `${start}${remark()}${choices.one(newlines)} `;
    }
    return lines === "" && choices.once(6) ? `${choices.one(newlines)} ` : lines || space;
  };
  const breaks = breaksOf(words);
  words.forEach(({ text: next, doc }, index) => {
    const before = words[index - 1]?.text ?? "";
    let between = gap(breaks[index] !== "never");
    if (breaks[index] === "must" && index > 0 && !/[\r\n]/.test(between)) between += "\n ";
    if (doc !== undefined) between = aboveItem(between);
    if (between === "" && sticks(before, next)) between = " ";
    const docs = doc ? doc.split("\n").map((line) => `/// ${line}\n`) : [];
    text += [between, ...docs, next].join("");
  });
  return text + gap(true);
}

/** A comment of three strokes right above an item would become its documentation. */
const aboveItem = (between: string): string =>
  between.includes("//") ? `${between}\n\n` : between.replace(/[\r\n] +$/, "\n");

/** The two would be read as one word. */
const sticks = (before: string, after: string): boolean =>
  /[\w"]$/.test(before) && /^[\w"]/.test(after);

/**
 * Random programs for tests, each from a tape of bytes that fast-check can shrink.
 * `anyTree` is any syntax tree: well formed, without sense. `typedProgram` is a text that elaborates without a mistake.
 * `write(tree, layout)` is a tree as text in any layout: `write(parse("f", program).ast, layout)` lays a program out anew.
 */
import type fc from "fast-check";
import type { File } from "../dsl/syntax.ts";
import { anyFile } from "./programs/any.ts";
import { Choices, tape } from "./programs/choices.ts";
import { layOut } from "./programs/layout.ts";
import { wordsOf } from "./programs/spell.ts";
import { typedFile } from "./programs/typed.ts";

/** A syntax tree of up to six items; its spans are empty. */
export const anyTree: fc.Arbitrary<File> = tape(600).map((bytes) => anyFile(new Choices(bytes)));

/** How to write a tree: which parentheses, commas and digits, and which layout. */
export const anyLayout: fc.Arbitrary<Uint8Array> = tape(900);

/** The tree as text in a layout; `plain` leaves out all that a formatter must keep: comments and ways to write numbers. */
export function write(file: File, layout: Uint8Array, plain = false): string {
  const choices = new Choices(layout);
  return layOut(wordsOf({ choices, plain }, file), choices, !plain);
}

/** A text whose model `m` elaborates: constants, functions, blocks, records, patterns and all ways to mix time. */
export const typedProgram: fc.Arbitrary<string> = tape(400).map((bytes) =>
  typedFile(new Choices(bytes)),
);

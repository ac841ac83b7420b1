/** The part of the catalogue about what is not wrong but likely not meant, W05. */
import { quote, type Words } from "./wording.ts";

export const warningMessages = {
  W0501: (f: { name: string }) => ({
    message: `${quote(f.name)} is never used`,
    hint: "use it or remove it; a name that begins with `_` may go unused",
  }),
  W0502: (f: { name: string; outer: string }) => ({
    message: `${quote(f.name)} hides ${f.outer} of that name`,
    hint: "choose another name, unless everything in this file should use this one",
  }),
  W0503: (f: { kind: "block" | "function"; name: string }) => ({
    message: `no model of this file needs the ${f.kind} ${quote(f.name)}`,
    hint: "use it in a model, remove it, or move it into a file of its own",
  }),
  W0504: (f: { dim: string }) => ({
    message:
      f.dim === "1" ? "this dimension is always 1" : `the dimension ${quote(f.dim)} is always 1`,
    hint: "leave it out: broadcasting goes by name and needs no dimension of size 1",
  }),
  W0505: (f: { name: string; reach: number; isSmall: boolean }) => ({
    message: f.isSmall
      ? `${quote(f.name)} starts with values up to ${plain(f.reach)}, which f16 stores as 0`
      : `${quote(f.name)} starts with values up to ${plain(f.reach)}, which f16 cannot hold`,
    notes: ["f16 holds magnitudes from 6e-8 to 65504"],
    hint: "start it nearer to 1 and multiply by a number where it is used, or give `--precision bf16`, which goes as far as f32",
  }),
  W0506: (_: object) => ({
    message: "this documentation belongs to nothing",
    hint: "put it right above a `block`, `model`, `function` or `constant`, or write `//` for a comment",
  }),
  W0507: (f: { decay: number }) => ({
    message: `this scan multiplies what it carries by ${f.decay} at every token, and grows without end`,
    hint: "keep the decay between -1 and 1, for example with `sigmoid(decay)`",
  }),
} satisfies Record<`W05${number}`, (facts: never) => Words>;

const plain = (value: number): string => String(Number(value.toPrecision(3)));

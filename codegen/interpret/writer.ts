/** What the translation of a kernel collects while it walks, and how it names and pauses things. Knows no expression. */
import type { Collective, Scalar, Stmt } from "../kernel.ts";

/** Where lanes meet: the statement, and for a subgroup operation what becomes of the lanes' values. */
export type Meeting = {
  readonly statement: number;
  /** Loops around it, so that a lane's place is this many trip counters after the meeting's number. */
  readonly loops: number;
  readonly collective?: {
    readonly op: Collective;
    readonly by: number;
    readonly scalar: Scalar;
    readonly width: number;
  };
};

/** Collects the text while it walks. */
export type Writer = {
  readonly lines: string[];
  readonly statements: Stmt[];
  readonly meetings: Meeting[];
  /** Trip counters of the open loops, for meetings to tell their iteration. */
  readonly trips: string[];
  readonly meets: boolean;
  names: number;
};

/** The lane says where it is, and pauses until the others are there too. */
export function writeMeeting(meeting: Omit<Meeting, "loops">, w: Writer): void {
  const number = w.meetings.push({ ...meeting, loops: w.trips.length });
  for (const [i, text] of [number, ...w.trips].entries()) w.lines.push(`place[${i}] = ${text};`);
  w.lines.push("yield;");
}

/** The names may be JavaScript's own words; the suffix tells the components apart. */
export const nameOf = (name: string, component: number) => `$${name}_${component}`;

/** The text as something that may be repeated: a name, where it is longer than one. */
export function once(text: string, w: Writer): string {
  if (/^[\w$]+$/.test(text)) return text;
  const name = `t${w.names++}`;
  w.lines.push(`const ${name} = ${text};`);
  return name;
}

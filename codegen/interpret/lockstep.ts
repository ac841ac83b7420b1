/**
 * Runs the lanes of one workgroup from meeting to meeting: all lanes at a barrier, the lanes of a subgroup at a subgroup operation.
 * A lane that is elsewhere, finished or in another loop iteration is a divergent barrier.
 */
import { roundTo } from "./spell.ts";
import type { Meeting } from "./writer.ts";

/** A lane between two meetings. `place` is the meeting's number (from 1; 0: finished), then its loops' trip counters. */
export type Lane = {
  /** Begun anew for every workgroup; the arrays are kept. */
  steps: Iterator<undefined>;
  readonly place: Int32Array;
  /** What it brings to a subgroup operation, and what it takes away. */
  readonly give: Float64Array;
  readonly take: Float64Array;
};

/** Tells of a lane that is not where an earlier lane is; does not return. */
export type Diverged = (lane: number, meeting: Meeting, other: Meeting | null) => never;

/** Runs all lanes to their end; `onBarrier` is called when all have arrived at one. */
export function runLockstep(
  lanes: readonly Lane[],
  meetings: readonly Meeting[],
  subgroupSize: number,
  onBarrier: () => void,
  diverged: Diverged,
): void {
  for (;;) {
    for (let first = 0; first < lanes.length; first += subgroupSize) {
      advanceSubgroup(
        lanes,
        first,
        Math.min(first + subgroupSize, lanes.length),
        meetings,
        diverged,
      );
    }
    const meeting = together(lanes, 0, lanes.length, meetings, diverged);
    if (!meeting) return;
    onBarrier();
  }
}

/** Runs lanes [first, end) until they stand at a barrier or have finished. */
function advanceSubgroup(
  lanes: readonly Lane[],
  first: number,
  end: number,
  meetings: readonly Meeting[],
  diverged: Diverged,
): void {
  for (;;) {
    let collective = false;
    for (let l = first; l < end; l++) {
      const { steps, place } = lanes[l]!;
      if (steps.next().done) place[0] = 0;
      else collective ||= meetings[place[0]! - 1]!.collective !== undefined;
    }
    if (!collective) return;
    const meeting = together(lanes, first, end, meetings, diverged);
    collect(lanes, first, end, meeting!.collective!);
  }
}

/** The meeting where all of the lanes are; null where all have finished. */
function together(
  lanes: readonly Lane[],
  first: number,
  end: number,
  meetings: readonly Meeting[],
  diverged: Diverged,
): Meeting | null {
  const expected = lanes[first]!.place;
  const meeting = meetings[expected[0]! - 1] ?? null;
  const length = meeting ? meeting.loops + 1 : 1;
  for (let l = first + 1; l < end; l++) {
    const { place } = lanes[l]!;
    for (let i = 0; i < length; i++) {
      if (place[i] === expected[i]) continue;
      const own = meetings[place[0]! - 1] ?? null;
      return meeting ? diverged(l, meeting, own) : diverged(first, own!, meeting);
    }
  }
  return meeting;
}

function collect(
  lanes: readonly Lane[],
  first: number,
  end: number,
  { op, by, scalar, width }: NonNullable<Meeting["collective"]>,
): void {
  const round = roundTo[scalar];
  for (let c = 0; c < width; c++) {
    const given = (l: number) => lanes[l]!.give[c]!;
    let all = given(first);
    for (let l = first + 1; l < end; l++)
      all = op === "max" ? Math.max(all, given(l)) : round(all + given(l));
    for (let l = first; l < end; l++) {
      const from = op === "shuffle_xor" ? first + ((l - first) ^ by) : first + by;
      lanes[l]!.take[c] = op === "sum" || op === "max" ? all : given(from);
    }
  }
}

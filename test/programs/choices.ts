/** Choices read from a tape of bytes, so that fast-check can shrink whatever is built from them: all zeros, or no tape, is the plainest. */
import fc from "fast-check";

export class Choices {
  private readonly tape: Uint8Array;
  private at = 0;

  constructor(tape: Uint8Array) {
    this.tape = tape;
  }

  /** A whole number from 0 below `count`, which is at most 256; 0 behind the end of the tape. */
  below(count: number): number {
    return (this.tape[this.at++] ?? 0) % count;
  }

  /** One of some things; the first is the plainest. */
  one<T>(things: readonly T[]): T {
    return things[this.below(things.length)]!;
  }

  /** True once in `count` times. */
  once(count: number): boolean {
    return this.below(count) === count - 1;
  }

  /** From none to `most` of what `build` makes. */
  some<T>(most: number, build: (index: number) => T): T[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => build(index));
  }

  /** The tape still has something to say. */
  get left(): boolean {
    return this.at < this.tape.length;
  }
}

/** A tape of at most so many bytes. */
export const tape = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ maxLength: most, size: "max" });

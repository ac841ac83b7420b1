/** Whether half precision holds the values that a parameter starts with. Draws nothing: looks at the ends of each draw. */
import type { ScalarName } from "../../src/graph/graph.ts";
import { scalars } from "../../src/graph/scalars.ts";
import type { Initializer, ParameterSpec } from "../model.ts";
import type { Span } from "../syntax.ts";
import { report } from "./frame.ts";
import { unaryNumbers } from "./static.ts";
import type { Frame } from "./values.ts";

/** Largest finite magnitude of f16, and the least that it does not store as 0. */
const [largest, least] = [65_504, 6e-8];
/** Most values that one start is looked at with. */
const most = 10_000;

/** Warns of a parameter that would be stored in half precision and overflow or vanish there. */
export function warnOfHalf(frame: Frame, span: Span, { shape, initializer }: ParameterSpec): void {
  if (!frame.session.half || shape.length < 2) return; // Vectors stay f32.
  const values = ends(initializer).map(Math.abs);
  const reach = Math.max(0, ...values.filter((value) => !Number.isNaN(value)));
  if (reach === 0 || (reach >= least && reach <= largest)) return;
  const source = frame.session.library.files.find(({ file }) => file === span.file)?.source ?? "";
  const name = source.slice(span.from, span.to);
  report(frame, "W0505", span, { name, reach, isSmall: reach < least });
}

/** What a start comes to where each of its draws stands at an end or in the middle; a normal draw ends at three deviations. */
function ends(initializer: Initializer): readonly number[] {
  switch (initializer.kind) {
    case "number":
      return [initializer.value];
    case "normal": {
      const deviation = Math.sqrt(initializer.variance);
      return [-3 * deviation, -deviation, deviation, 3 * deviation];
    }
    case "uniform": {
      const { low, high } = initializer;
      return [low, (low + high) / 2, high];
    }
    case "call": {
      const apply = unaryNumbers[initializer.fn] ?? scalars[initializer.fn as ScalarName].value;
      const places = initializer.args
        .map(ends)
        .reduce<readonly (readonly number[])[]>(
          (ways, values) =>
            ways.flatMap((way) => values.map((value) => [...way, value])).slice(0, most),
          [[]],
        );
      return places.map((args) => (apply as (...n: readonly number[]) => number)(...args));
    }
  }
}

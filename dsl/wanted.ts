/** A shape that is needed beside the one that came: shown, and what turns the second into the first. */
import { becoming } from "./remedies.ts";
import { aligned, type Shape } from "./shapes.ts";

export type Wanted = { readonly wanted: Shape; readonly found: Shape };

/** Both, one above the other; nothing where they are not known. */
export const shown = (shapes: Wanted | undefined): readonly string[] =>
  shapes ? [aligned(shapes.wanted, shapes.found)] : [];

/** What would make the one that came the one that is needed, else `otherwise`. */
export const towards = (shapes: Wanted | undefined, otherwise: string): string =>
  (shapes && becoming(shapes.found, shapes.wanted)) ?? otherwise;

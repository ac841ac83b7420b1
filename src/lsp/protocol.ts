/** What the server and its checking process say to each other. */
import type { Facts, ModelFact } from "../../dsl/analyze/facts.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";

/** Asks for a check of one text; an older request for the document is given up where it stands. */
export type CheckRequest = {
  readonly uri: string;
  readonly version: number;
  readonly file: string;
  readonly text: string;
};
/** Mistakes are told first, then what models cost, then what their configurations cost, one after another. */
export type Finding =
  | { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "facts"; readonly facts: Facts }
  | { readonly kind: "configs"; readonly configs: readonly ModelFact[] }
  /** Nothing more comes of this request; a bug of ours is told. */
  | { readonly kind: "done"; readonly bug: string | null };
export type CheckReply = {
  readonly uri: string;
  readonly version: number;
  readonly finding: Finding;
};

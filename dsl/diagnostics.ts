/** What the language says to its user: facts with places. messages.ts makes the words. */
import type { Span } from "./syntax.ts";

/** `code` names an entry of messages.ts; `hint` is an action. A note says what holds without being wrong. */
export type Diagnostic = {
  readonly severity: "error" | "warning" | "note";
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  /** Second places: where the other shape came from, the first definition. */
  readonly related: readonly { readonly span: Span; readonly message: string }[];
  /** What helps to see it: aligned shapes, a list. Each may be several lines. */
  readonly notes: readonly string[];
  readonly hint: string;
};

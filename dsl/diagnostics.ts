/** What the language says to its user: facts with places. messages.ts makes the words. */
import type { Span } from "./syntax.ts";

/** `code` names an entry of messages.ts; `hint` is an action. */
export type Diagnostic = {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  /** Second places: where the other shape came from, the first definition. */
  readonly related: readonly { readonly span: Span; readonly message: string }[];
  readonly hint: string;
};

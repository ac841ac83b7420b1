/** Uses every capability before anybody asks, on the standard library's own files: the first request is not slower than the rest. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { actions } from "./actions.ts";
import { colours } from "./colours.ts";
import { completion } from "./completion.ts";
import { formatting } from "./formatting.ts";
import { hints } from "./hints.ts";
import { hover } from "./hover.ts";
import { references } from "./navigate.ts";
import { outline } from "./outline.ts";
import { renameAt } from "./renaming.ts";
import { signature } from "./signature.ts";
import type { Standard } from "./standard.ts";
import { look, type View } from "./view.ts";

/** Milliseconds that it may take; what is used first matters most. */
const budget = 400;
/** Places of each file that are asked about. */
const places = 12;

/** Takes at most about `budget` ms. */
export function warmUp(standard: Standard): void {
  const until = performance.now() + budget;
  for (let round = 0; performance.now() < until && round < 20; round++)
    for (const document of standard.documents.values()) {
      if (performance.now() > until) return;
      useAll(
        look(TextDocument.create(document.uri, "eyrie", round, document.getText()), standard, null),
      );
    }
}

/** Asks everything about some places of a text. */
export function useAll(view: View): void {
  const { length } = view.analysis.file.source;
  for (let i = 0; i < places; i++) {
    const offset = Math.floor((length * i) / places);
    hover(view, offset);
    completion(view, offset);
    signature(view, offset);
    references(view, offset, true);
    renameAt(view, offset, "another");
  }
  outline(view);
  colours(view);
  hints(view, 0, length);
  actions(view, 0, length);
  formatting(view);
}

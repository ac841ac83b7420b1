/** The open documents: each seen anew when its text has changed, with what was last found out about it. */
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { CheckRequest, Finding } from "./protocol.ts";
import type { Standard } from "./standard.ts";
import { type Known, look, type View } from "./view.ts";

export class Workspace {
  readonly #views = new Map<string, View>();
  readonly #standard: Standard;

  constructor(standard: Standard) {
    this.#standard = standard;
  }

  /** The view of a document's present text. */
  view(document: TextDocument): View {
    const last = this.#views.get(document.uri) ?? null;
    if (last && last.document.version === document.version) return last;
    const view = look(document, this.#standard, last);
    this.#views.set(document.uri, view);
    return view;
  }

  close(uri: string): void {
    this.#views.delete(uri);
  }

  /** Keeps a finding about a text; null where its document is closed by now. */
  keep(request: CheckRequest, finding: Finding): View | null {
    const view = this.#views.get(request.uri);
    if (!view) return null;
    const after = { ...view, ...kept(view, request, finding) };
    this.#views.set(request.uri, after);
    return after;
  }
}

function kept(view: View, { version, text }: CheckRequest, finding: Finding): Partial<View> {
  switch (finding.kind) {
    case "diagnostics":
      return { checked: { version, text, diagnostics: finding.diagnostics } };
    case "facts": {
      const good = view.known.find((known) => known.isGood);
      const isGood = view.checked?.diagnostics.every((d) => d.severity !== "error") ?? false;
      const now: Known = { text, isGood, facts: finding.facts, configs: good?.configs ?? [] };
      return { known: isGood || !good ? [now] : [now, good] };
    }
    case "configs":
      return {
        known: view.known.map((known) =>
          known.text === text ? { ...known, configs: finding.configs } : known,
        ),
      };
    case "done":
      return {};
  }
}

/** Renaming as an editor asks for it: first whether, then the edits. A refusal is an error with its reason. */
import {
  LSPErrorCodes,
  type PrepareRenameResult,
  ResponseError,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { rename, renameable } from "../../dsl/analyze/rename.ts";
import { referenceAt } from "../../dsl/analyze.ts";
import { rangeOf } from "./places.ts";
import type { View } from "./view.ts";

const refuse = (reason: string) => new ResponseError<void>(LSPErrorCodes.RequestFailed, reason);

/** Text that cannot be read whole may hold the name where we do not see it. */
const broken =
  "this file has mistakes of spelling; mend them first, so that every place of the name is seen";

export function prepareRename(
  view: View,
  offset: number,
): PrepareRenameResult | ResponseError<void> {
  if (!view.isWhole) return refuse(broken);
  const found = renameable(referenceAt(view.analysis, offset));
  if ("refused" in found) return refuse(found.refused);
  const { from, to } = found.span;
  return {
    range: rangeOf(view.document, found.span),
    placeholder: view.analysis.file.source.slice(from, to),
  };
}

export function renameAt(
  view: View,
  offset: number,
  name: string,
): WorkspaceEdit | ResponseError<void> {
  if (!view.isWhole) return refuse(broken);
  const found = renameable(referenceAt(view.analysis, offset));
  if ("refused" in found) return refuse(found.refused);
  const renaming = rename(view.analysis, found.definition, name);
  if ("refused" in renaming) return refuse(renaming.refused);
  const edits = renaming.edits.map(({ span, text }) => ({
    range: rangeOf(view.document, span),
    newText: text,
  }));
  return { changes: { [view.document.uri]: edits } };
}

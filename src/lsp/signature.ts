/** The parameter list of the call that is being written, and which of it comes next. */
import type { SignatureHelp, SignatureInformation } from "vscode-languageserver";
import { calleeOf } from "../../dsl/analyze/callees.ts";
import { named, siteOf } from "../../dsl/analyze/candidates.ts";
import type { Scope } from "../../dsl/analyze/symbols.ts";
import { lookUpOutside } from "../../dsl/analyze/world.ts";
import type { Item, Span } from "../../dsl/syntax.ts";
import { scopeAt } from "./completion.ts";
import { type Cursor, cursorAt, type Open } from "./cursor.ts";
import { docOf, oneLine, textAt } from "./describe.ts";
import { type View, viewOf } from "./view.ts";

export function signature(view: View, offset: number): SignatureHelp | null {
  const cursor = cursorAt(view.analysis.file.source, offset);
  const call = cursor?.open.findLast(
    ({ sign, callee, isHead }) => sign === "(" && callee !== null && !isHead,
  );
  if (!cursor || !call?.callee) return null;
  const found = describe(view, cursor, call.callee);
  if (!found) return null;
  const { information, names } = found;
  return {
    signatures: [information],
    activeSignature: 0,
    activeParameter: activeOf(call, names),
  };
}

type Described = { readonly information: SignatureInformation; readonly names: readonly string[] };

function describe(view: View, cursor: Cursor, callee: string): Described | null {
  const { world, file } = view.analysis;
  const scope = scopeAt(view, cursor);
  const [target] = scope ? calleeOf(world, scope, callee) : lookUpOutside(world, file.file, callee);
  if (!target) return null;
  if (target.kind === "primitive") return ofLanguage(callee);
  const item =
    target.kind === "block" || target.kind === "function"
      ? target.item
      : scope && blockOf(view, scope, callee);
  return item && ofItem(viewOf(view, item), item, callee);
}

const blockOf = (view: View, scope: Scope, callee: string): Item | null =>
  named(view.analysis.world, siteOf(scope.item), callee)[0]?.scope.item ?? null;

function ofLanguage(name: string): Described {
  const { signature, line } = docOf(name);
  const list = /\((.*)\)/.exec(signature)?.[1] ?? "";
  const parts = list.split(/,\s*(?![^[]*\])/).filter((part) => part !== "");
  return {
    information: {
      label: signature,
      documentation: line,
      parameters: parts.map((label) => ({ label })),
    },
    names: parts.map((part) => part.split(":")[0] ?? part),
  };
}

function ofItem(view: View, item: Item, callee: string): Described | null {
  if (item.kind !== "block" && item.kind !== "function") return null;
  const formals: readonly { readonly name: { readonly text: string }; readonly span: Span }[] =
    item.parameters;
  const labels = formals.map(({ span }) => oneLine(textAt(view, span)));
  const result = item.kind === "block" ? ` -> ${oneLine(textAt(view, item.result.span))}` : "";
  return {
    information: {
      label: `${callee}(${labels.join(", ")})${result}`,
      parameters: labels.map((label) => ({ label })),
      ...(item.doc === "" ? {} : { documentation: { kind: "markdown", value: item.doc } }),
    },
    names: formals.map(({ name }) => name.text),
  };
}

/** By name where one is being given, else by place. */
function activeOf({ part, place }: Open, names: readonly string[]): number {
  const given = part[1]?.image === ":" ? names.indexOf(part[0]?.image ?? "") : -1;
  return given >= 0 ? given : place;
}

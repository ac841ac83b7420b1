/** Inlay hints: the shape of every named tensor, and of calls inside larger expressions that change it. */
import { type InlayHint, InlayHintKind } from "vscode-languageserver";
import type { BodyItem, CallExpr } from "../../dsl/analyze/symbols.ts";
import { hasBody } from "../../dsl/analyze.ts";
import { bodyExpressions, children } from "../../dsl/elaborate/walk.ts";
import type { Expr, Statement } from "../../dsl/syntax.ts";
import { type View, valueAt } from "./view.ts";

/** Those between two offsets of the text. */
export function hints(view: View, from: number, to: number): readonly InlayHint[] {
  return view.analysis.file.items
    .filter((item) => hasBody(item))
    .filter(({ span }) => span.from <= to && span.to >= from)
    .flatMap((item) => [
      ...item.body.statements.flatMap((statement) => nameHint(view, statement) ?? []),
      ...innerCalls(item).flatMap((call) => callHint(view, call) ?? []),
    ])
    .filter(({ position }) => {
      const at = view.document.offsetAt(position);
      return at >= from && at <= to;
    });
}

/** `g: [B, T, hidden]` beside `g = …` */
function nameHint(view: View, { kind, name }: Statement): InlayHint | null {
  const fact = kind === "let" ? valueAt(view, name.span) : null;
  const [text, ...others] = fact?.texts ?? [];
  if (!fact || text === undefined || others.length > 0) return null;
  if (!fact.isTensor && !text.startsWith("{")) return null;
  return {
    position: view.document.positionAt(name.span.to),
    label: `: ${text}`,
    kind: InlayHintKind.Type,
  };
}

/** Calls that are operands or arguments of something else. */
function innerCalls({ body }: BodyItem): readonly CallExpr[] {
  const found: CallExpr[] = [];
  const waiting: { expr: Expr; isWhole: boolean }[] = bodyExpressions(body).map((expr) => ({
    expr,
    isWhole: true,
  }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { expr, isWhole } = next;
    if (expr.kind === "call" && !isWhole) found.push(expr);
    waiting.push(...children(expr).map((child) => ({ expr: child, isWhole: false })));
  }
  return found;
}

/** Where a call's shape is none of its arguments'. */
function callHint(view: View, call: CallExpr): InlayHint | null {
  const fact = valueAt(view, call.span);
  const [text, ...others] = fact?.texts ?? [];
  if (!fact?.isTensor || text === undefined || others.length > 0) return null;
  const isSame = call.args.some((arg) => valueAt(view, arg.span)?.texts[0] === text);
  if (isSame) return null;
  return {
    position: view.document.positionAt(call.span.to),
    label: text,
    kind: InlayHintKind.Type,
    paddingLeft: true,
  };
}

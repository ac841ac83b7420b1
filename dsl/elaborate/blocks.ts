/** Calls of blocks: settings and tensors meet the parameter list, the body runs under its own names, the result goes back. */
import type { BlockItem, Name, Span } from "../syntax.ts";
import { bindAll, type Passed, tensorFormals } from "./bind.ts";
import { claimInstance, claimStates, joinPath, nameValue, newFrame, report } from "./frame.ts";
import { runBlock } from "./results.ts";
import { limits, type Session } from "./session.ts";
import { type BlockValue, type Frame, poison, type Value } from "./values.ts";

export type Application = {
  readonly block: BlockValue;
  readonly args: readonly Passed[];
  /** What the text at hand calls the block. */
  readonly name: Name;
  /** The instance's name; the block's own where there is none. */
  readonly label: Name | null;
  readonly span: Span;
};

/** The value of a body under the names of `callee`, which nothing has been given yet. */
export type RunBody = (
  caller: Frame,
  callee: Frame,
  application: Application,
  item: BlockItem,
) => Value;

/** Gives the body its settings and tensors and runs it. */
export const runGiven: RunBody = (caller, callee, application, item) =>
  bindAll(caller, callee, application, item)
    ? runBlock(caller, callee, item, application.span)
    : poison;

/** The value of a block applied to tensors. */
export function applyBlock(frame: Frame, application: Application, run = runGiven): Value {
  const { block, args, span } = application;
  const { item } = block;
  const given = [...block.given.values()].map(({ value }) => value);
  const isPoisoned = [...args.map((arg) => arg.value), ...given].some(
    (value) => value.kind === "poison",
  );
  if (!item) return poison;
  const formals = tensorFormals(item);
  if (args.length !== formals.length)
    return report(
      frame,
      "E0405",
      span,
      { owner: application.name.text, expected: formals.length, found: args.length },
      formals.map((formal) => ({ span: formal.span, message: "a tensor that it takes" })),
    );
  if (isPoisoned || frame.session.library.endless.has(item) || !mayGoDeeper(frame, span))
    return poison;
  const name = application.label?.text ?? item.name.text;
  const result = enter(frame, application, item, { name, run });
  nameValue(frame, result, name);
  return result;
}

/** Runs the block one level deeper, and takes its name where it keeps something under it. */
function enter(
  frame: Frame,
  application: Application,
  item: BlockItem,
  { name, run }: { readonly name: string; readonly run: RunBody },
): Value {
  const { session } = frame;
  const { block, span } = application;
  const callee = calleeFrame(frame, application, item, name);
  const before = countsOf(session);
  const result = run(frame, callee, application, item);
  const place = application.label?.span ?? application.name.span;
  const newStates = session.keptStates - before.states;
  if (block.home !== null) {
    // Its parameters stand where it was shared, not here.
    session.kept = before.kept + newStates;
    if (newStates > 0) claimStates(frame, name, place);
  } else if (session.kept > before.kept) claimInstance(frame, name, place);
  session.observe?.call({
    item,
    path: callee.path,
    span,
    from: before.nodes,
    to: session.graph.size,
    parameters: [...new Set(session.asked.slice(before.asked))],
  });
  return result;
}

const countsOf = (session: Session) => ({
  kept: session.kept,
  states: session.keptStates,
  asked: session.asked.length,
  nodes: session.graph.size,
});

function calleeFrame(
  frame: Frame,
  { block, span }: Application,
  item: BlockItem,
  name: string,
): Frame {
  return newFrame({
    session: frame.session,
    evaluate: frame.evaluate,
    owner: item.name.text,
    file: item.span.file,
    path: joinPath(frame.path, name),
    home: block.home ?? joinPath(frame.home, name),
    sharedBy: block.home === null ? frame.sharedBy : { at: span },
    above: frame,
    calls: [span, ...frame.calls],
  });
}

/** Whether one more block or function may be entered; a model without an end is stopped once and for all. */
export function mayGoDeeper(frame: Frame, span: Span): boolean {
  const { session } = frame;
  if (session.stopped) return false;
  session.calls++;
  const isNested = frame.calls.length >= limits.nesting;
  // A stand-in says nothing of when the `if` that ends a recursion would end it.
  if (isNested && session.standIn && session.branches > 0) return false;
  if (isNested) report(frame, "E0212", span, { depth: limits.nesting });
  else if (session.calls <= session.mostCalls) return true;
  else if (!session.checking) report(frame, "E0417", span, { limit: limits.calls });
  session.stopped = true;
  return false;
}

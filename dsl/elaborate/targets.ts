/** Elaborates one model or one block as a whole graph: its settings, its tensors, its body, its output. */
import type { Node, NodeOf } from "../../src/graph/graph.ts";
import type { Settings } from "../model.ts";
import type { BlockItem, ConfigItem, Formal, ModelItem, TensorType } from "../syntax.ts";
import { runBlock } from "./blocks.ts";
import { runBody } from "./body.ts";
import { evaluate } from "./expressions.ts";
import { define, isAmbientDim, newFrame, report } from "./frame.ts";
import type { SettingKind } from "./kinds.ts";
import type { Session } from "./session.ts";
import { bindSettings, checkSources, plainSettings, type Sources } from "./settings.ts";
import { evaluateDim } from "./sizes.ts";
import { expressionText, shapeText } from "./text.ts";
import { type Frame, numberValue, poison, tensorText, type Value, valueText } from "./values.ts";

/** The output of a target and the settings that it came from; no node after a mistake. */
export type Elaborated = { readonly output: Node | null; readonly settings: Settings };
type StandIn = (formal: Formal, kind: SettingKind) => Value;

/** A model: tokens in, logits [B, T, vocabulary] out. */
export function elaborateModel(
  session: Session,
  model: ModelItem,
  config: ConfigItem | null,
  settings: Settings,
  standIn: StandIn | null = null,
): Elaborated {
  const owner = model.name.text;
  const frame = newFrame({ session, evaluate, owner, file: model.span.file, path: "" });
  const sources: Sources = { owner: model.name, settings, config, standIn };
  checkSources(frame, model.parameters, sources);
  for (const formal of model.parameters)
    if (formal.type.kind === "tensor")
      report(frame, "E0214", formal.name.span, { name: formal.name.text });
  bindSettings(frame, model.parameters, sources);
  const value = runBody(frame, model.body);
  const plain = plainSettings(frame, model.parameters);
  if (value.kind === "poison") return { output: null, settings: plain };
  const isLogits =
    value.kind === "tensor" &&
    value.dims.length === 3 &&
    value.dims[0] === "B" &&
    value.dims[1] === "T";
  if (!isLogits || value.node.type.dtype !== "f32") {
    const found = value.kind === "tensor" ? tensorText(value) : valueText(value);
    const span = model.body.result?.span ?? model.body.span;
    report(frame, "E0306", span, { expected: "[B, T, vocabulary]", found, owner });
    return { output: null, settings: plain };
  }
  return { output: session.graph.label(value.node, "logits"), settings: plain };
}

/** What a block is given when it is elaborated by itself. */
export type BlockSources = {
  readonly path: string;
  readonly settings: Settings;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly standIn: StandIn | null;
};

/** A block: its tensor parameters are the graph's inputs. */
export function elaborateBlock(session: Session, block: BlockItem, from: BlockSources): Elaborated {
  const owner = block.name.text;
  const frame = newFrame({ session, evaluate, owner, file: block.span.file, path: from.path });
  const sources: Sources = {
    owner: block.name,
    settings: from.settings,
    config: null,
    standIn: from.standIn,
  };
  checkSources(frame, block.parameters, sources);
  const tensors = block.parameters.flatMap((formal) =>
    formal.type.kind === "tensor" ? [{ formal, type: formal.type }] : [],
  );
  for (const { formal, type } of tensors)
    bindShape(frame, formal, type, from.inputs[formal.name.text]);
  bindSettings(frame, block.parameters, sources);
  for (const { formal, type } of tensors)
    bindInput(frame, formal, type, from.inputs[formal.name.text]);
  const value = runBlock(frame, frame, block, block.span);
  const settings = plainSettings(frame, block.parameters);
  return {
    output: value.kind === "tensor" ? session.graph.label(value.node, "y") : null,
    settings,
  };
}

/** The sizes of the dimensions that a given shape names. */
function bindShape(
  frame: Frame,
  formal: Formal,
  type: TensorType,
  shape: readonly number[] | undefined,
): void {
  if (shape?.length !== type.dims.length) {
    const expected = shapeText(type.dims.map((dim) => expressionText(dim)));
    const found = shape ? `it has [${shape.join(", ")}]` : "it is missing";
    report(frame, "E0418", formal.name.span, { name: formal.name.text, expected, found });
  }
  type.dims.forEach((dim, axis) => {
    if (dim.kind !== "name" || isAmbientDim(dim.name) || frame.values.has(dim.name)) return;
    const size = shape?.length === type.dims.length ? shape[axis] : undefined;
    frame.values.set(dim.name, size === undefined ? poison : numberValue(size, dim.name));
    frame.spans.set(dim.name, dim.span);
    frame.outer.set(dim.name, dim.name);
  });
}

/** Gives a tensor parameter its input, once all its dimensions are known. */
function bindInput(
  frame: Frame,
  formal: Formal,
  type: TensorType,
  shape: readonly number[] | undefined,
): void {
  define(frame, formal.name.text, formal.name.span, inputOf(frame, formal, type, shape));
}

function inputOf(
  frame: Frame,
  formal: Formal,
  type: TensorType,
  shape: readonly number[] | undefined,
): Value {
  const name = formal.name.text;
  const dims = type.dims.map((dim) => evaluateDim(frame, dim));
  const names = dims.map((dim) => dim?.text ?? "?");
  const sizes = dims.map((dim) => dim?.size ?? 0);
  if (shape?.length !== dims.length || sizes.includes(0)) return poison;
  if (sizes.some((size, axis) => size !== shape[axis])) {
    const expected = shapeText(names.map((text, axis) => `${text} = ${sizes[axis]}`));
    const found = `it has [${shape.join(", ")}]`;
    return report(frame, "E0418", formal.name.span, { name, expected, found });
  }
  const dtype = type.element === "int" ? "i32" : "f32";
  return { kind: "tensor", node: frame.session.input(name, { dtype, shape: sizes }), dims: names };
}

/** What every finished graph carries: the states, sorted by name so that equal texts give equal graphs. */
export const sortedStates = (session: Session) =>
  [...session.states.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) as readonly {
    name: string;
    current: NodeOf<"state">;
    next: Node;
  }[];

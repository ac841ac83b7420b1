/** Elaborates one model or one block as a whole graph: its settings, its tensors, its body, its outputs. */
import type { Node, NodeOf } from "../../src/graph/graph.ts";
import type { Settings } from "../model.ts";
import type { BlockItem, ConfigItem, File, Formal, ModelItem } from "../syntax.ts";
import { tensorFormals } from "./bind.ts";
import { runBody } from "./body.ts";
import { evaluateConstant } from "./constants.ts";
import { evaluate } from "./expressions.ts";
import { newFrame } from "./frame.ts";
import { bindInput, bindModelInputs, bindShape } from "./inputs.ts";
import type { SettingKind } from "./kinds.ts";
import { blockOutputs, modelOutputs, type Outputs } from "./outputs.ts";
import { runBlock } from "./results.ts";
import type { Session } from "./session.ts";
import { bindSettings, checkSources, plainSettings, type Sources } from "./settings.ts";
import type { Value } from "./values.ts";

/** The outputs of a target and the settings that they came from; no nodes after a mistake. */
export type Elaborated = { readonly outputs: Outputs; readonly settings: Settings };
type StandIn = (formal: Formal, kind: SettingKind) => Value;

/** A model: tokens and its own tensors in, `logits` or the fields of a record out. */
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
  bindSettings(frame, model.parameters, sources);
  bindModelInputs(frame, model);
  const value = runBody(frame, model.body);
  const outputs = modelOutputs(frame, model.body, value);
  return { outputs, settings: plainSettings(frame, model.parameters) };
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
  const tensors = tensorFormals(block);
  for (const formal of tensors)
    bindShape(frame, formal, block.parameters, from.inputs[formal.name.text]);
  bindSettings(frame, block.parameters, sources);
  for (const formal of tensors) bindInput(frame, formal, from.inputs[formal.name.text]);
  const value = runBlock(frame, frame, block, block.span);
  const settings = plainSettings(frame, block.parameters);
  return { outputs: blockOutputs(frame, value), settings };
}

/** Finds the value of every constant of some files, used or not. */
export function evaluateConstants(session: Session, files: readonly File[]): void {
  for (const item of files.flatMap(({ items }) => items))
    if (item.kind === "constant") evaluateConstant({ session, evaluate }, item);
}

/** What every finished graph carries: the states, sorted by name so that equal texts give equal graphs. */
export const sortedStates = (session: Session) =>
  [...session.states.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) as readonly {
    name: string;
    current: NodeOf<"state">;
    next: Node;
  }[];

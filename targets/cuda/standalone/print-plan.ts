/** Prints a model's tables as C++ data for the host library. Knows nothing of building. */
import type { StandaloneModel } from "./model.ts";
import {
  type Binding,
  entryNames,
  type PlanTable,
  type ProgramTable,
  type TensorTable,
} from "./tables.ts";

/** The text of plan.cpp; `images` is how many each program has. */
export function printPlan(model: StandaloneModel, plan: PlanTable, images: number): string {
  const programs = entryNames.map((name) => plan.programs[name]);
  const parts = [
    `// The tables of ${model.name}: what it is made of, and the steps of its programs. Written by eyrie; compile the model again to change them.`,
    '#include "library/plan.h"',
    "namespace eyrie {",
    `// Images of each program; see images.cpp.\n${entryNames.map((name) => `extern const Image ${name}_images[];`).join("\n")}`,
    printShapes(model, plan),
    array(
      "Parameter",
      "parameters",
      model.parameters.map(({ name, shape }) => `{${quote(name)}, ${shapeOf(shape)}}`),
    ),
    ...printNames(model),
    array("Weight", "weights", plan.weights.map(weightText)),
    tensors("states", plan.states),
    array("size_t", "slots", plan.slots.map(String)),
    ...programs.flatMap(printProgramTables),
    printModel(model, plan, images),
    "}  // namespace eyrie",
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** A C++ string literal. */
export function quote(text: string): string {
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/\p{Cc}/gu, octal);
  return `"${escaped}"`;
}

const octal = (character: string): string =>
  [...new TextEncoder().encode(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
    .join("");

/** A static array, one item a line; nothing where there are none, since C++ has no empty arrays. */
function array(type: string, name: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  return `static const ${type} ${name}[] = {\n${items.map((item) => `    ${item},\n`).join("")}};`;
}

const listOf = (name: string, items: readonly unknown[]): string =>
  items.length === 0 ? "{}" : `list(${name})`;

const shapeName = (shape: readonly number[]): string => `shape_${shape.join("x")}`;
const shapeOf = (shape: readonly number[]): string => listOf(shapeName(shape), shape);

/** Every shape that something has, once. */
function printShapes({ parameters }: StandaloneModel, { states, programs }: PlanTable): string {
  const outputs = entryNames.flatMap((name) => programs[name].outputs);
  const shapes = [...parameters, ...states, ...outputs].map(({ shape }) => shape);
  const named = new Map(shapes.map((shape) => [shapeName(shape), shape]));
  return [...named]
    .filter(([, shape]) => shape.length > 0)
    .map(([name, shape]) => `static const uint64_t ${name}[] = {${shape.join(", ")}};`)
    .join("\n");
}

function printNames({ tables }: StandaloneModel): readonly string[] {
  const lists = tables.flatMap(({ name, origins }, table) => [
    `// Parameters under the names "${name}".`,
    origins
      .flatMap((choices, at) =>
        choices.length === 0
          ? []
          : [
              `static const Origin names_${table}_${at}[] = {${choices.map(originText).join(", ")}};`,
            ],
      )
      .join("\n"),
    array(
      "List<Origin>",
      `names_${table}`,
      origins.map((choices, at) => listOf(`names_${table}_${at}`, choices)),
    ),
  ]);
  const named = tables.map(
    ({ name, origins }, table) => `{${quote(name)}, ${listOf(`names_${table}`, origins)}}`,
  );
  return [...lists, array("NameTable", "names", named)];
}

const originText = ({
  tensor,
  index,
  transpose,
}: StandaloneModel["tables"][number]["origins"][number][number]): string =>
  `{${quote(tensor)}, ${index ?? -1}, ${transpose}}`;

function weightText(weight: PlanTable["weights"][number]): string {
  const { parameter, type, bytes, piece, quantized: q } = weight;
  const cut = piece ? `true, ${piece.axis}, ${piece.start}, ${piece.size}` : "false, 0, 0, 0";
  const how = q
    ? `${q.bits}, ${q.part === "scales"}, ${q.axis}, ${q.column}, ${q.group}`
    : "0, false, 0, 0, 0";
  return `{${parameter}, Type::${type}, ${bytes}, ${cut}, {${how}}}`;
}

const tensors = (name: string, items: readonly TensorTable[]): string =>
  array(
    "Tensor",
    name,
    items.map((t) => `{${quote(t.name)}, Type::${t.type}, ${shapeOf(t.shape)}, ${t.bytes}}`),
  );

function printProgramTables(program: ProgramTable): readonly string[] {
  const { name, inputs, outputs, constants, kernels, steps, replaced } = program;
  const words = constants.map(
    (values, i) =>
      `static const uint32_t ${name}_constant_${i}[] = {${values.map((w) => `0x${w.toString(16)}`).join(", ")}};`,
  );
  const bindings = steps.map(
    ({ bindings: places }, i) =>
      `static const Binding ${name}_step_${i}[] = {${places.map(printBinding).join(", ")}};`,
  );
  return [
    array(
      "Input",
      `${name}_inputs`,
      inputs.map(
        (i) => `{${quote(i.name)}, Source::${i.source}, ${i.offset}, ${i.dims}, ${i.theta}}`,
      ),
    ),
    tensors(`${name}_outputs`, outputs),
    words.join("\n"),
    array(
      "Constant",
      `${name}_constants`,
      constants.map((_, i) => `{list(${name}_constant_${i})}`),
    ),
    array(
      "Kernel",
      `${name}_kernels`,
      kernels.map((k) => `{${quote(k.entry)}, ${k.workgroupSize}, ${k.dynamicBytes}}`),
    ),
    bindings.join("\n"),
    array(
      "Step",
      `${name}_steps`,
      steps.map(
        ({ what, kernel, grid }, i) =>
          `{${quote(what)}, ${kernel}, {${grid.join(", ")}}, list(${name}_step_${i})}`,
      ),
    ),
    array("size_t", `${name}_replaced`, replaced.map(String)),
  ];
}

function printModel(model: StandaloneModel, plan: PlanTable, images: number): string {
  const settings = Object.entries(model.settings)
    .map(
      ([name, value]) => `${name} = ${typeof value === "object" ? `[${value.join(", ")}]` : value}`,
    )
    .join(", ");
  const fields = [
    `${quote(model.name)}, ${quote(settings)},`,
    `${plan.batch}, ${plan.vocabulary}, ${plan.tokens}, ${model.context ?? 0},`,
    `list(parameters), ${listOf("names", model.tables)}, ${listOf("weights", plan.weights)},`,
    `${listOf("states", plan.states)}, ${listOf("slots", plan.slots)},`,
    ...entryNames.map((name) => programText(plan.programs[name], images)),
  ];
  return `const Plan plan = {\n${fields.map((line) => `    ${line}`).join("\n")}\n};`;
}

function programText(program: ProgramTable, images: number): string {
  const { name, length, inputBytes } = program;
  const lists = (["outputs", "constants", "kernels", "steps", "replaced"] as const).map((part) =>
    listOf(`${name}_${part}`, program[part]),
  );
  const inputs = listOf(`${name}_inputs`, program.inputs);
  return `{${quote(name)}, ${length}, ${inputs}, ${inputBytes},\n     ${lists.join(", ")},\n     {${name}_images, ${images}}},`;
}

const printBinding = ({ place, index, offset = 0 }: Binding): string =>
  `${place}(${index}${offset > 0 ? `, ${offset}` : ""})`;

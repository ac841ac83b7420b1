/** Parameters by name. A shared block asks for its own again at each application, and must ask for the same. */
import type { Node } from "../../src/graph/graph.ts";
import type { ParameterSpec } from "../model.ts";
import type { Span } from "../syntax.ts";
import type { Frame } from "./values.ts";

/** The parameter that a declaration stands for; null where a shared block wants it otherwise than before. */
export function keepParameter(frame: Frame, declared: Span, spec: ParameterSpec): Node | null {
  const { session, sharedBy } = frame;
  const first = session.firstParameter(spec.name);
  // Within one application a second parameter of one name is an instance named twice, which is told elsewhere.
  if (!first?.by || !sharedBy || first.by === sharedBy) return session.parameter(spec, sharedBy);
  const related = [
    { span: first.by.at, message: "first applied here" },
    { span: declared, message: "declared here" },
  ];
  const { name } = spec;
  const [before, now] = [first.spec.shape, spec.shape].map((shape) => `[${shape.join(", ")}]`);
  if (before !== now) {
    session.report("E0426", sharedBy.at, { name, first: before!, second: now! }, related);
    return null;
  }
  if (JSON.stringify(first.spec.initializer) !== JSON.stringify(spec.initializer)) {
    session.report("E0427", sharedBy.at, { name }, related);
    return null;
  }
  return session.parameter(spec, sharedBy);
}

/** Turns the parser's tree of one item into the Ast, with a span on every node. Says what the grammar is too plain to see. */
import type { CstNode, IToken } from "chevrotain";
import { buildExpression } from "./expression.ts";
import { diagnose } from "./messages.ts";
import { askCommas, cover, hole, nameOf, nodes, type Site, spanOf, tell, tokens } from "./site.ts";
import type {
  BlockItem,
  Body,
  ConfigItem,
  ConstantItem,
  Expr,
  Formal,
  FormalType,
  FunctionItem,
  FunctionParameter,
  Item,
  ModelItem,
  Name,
  NameRule,
  NamesItem,
  RecordType,
  ResultType,
  Span,
  Statement,
  TensorType,
} from "./syntax.ts";

/** One item of the Ast, or null where too little of it could be read. */
export function buildItem(site: Site, root: CstNode): Item | null {
  const [block] = nodes(root, "block");
  if (block) return buildBlock(site, block);
  const [model] = nodes(root, "model");
  if (model) return buildModel(site, model);
  const [fn] = nodes(root, "function");
  if (fn) return buildFunction(site, fn);
  const [constant] = nodes(root, "constant");
  if (constant) return buildConstant(site, constant);
  const [config] = nodes(root, "config");
  if (config) return buildConfig(site, config);
  const [names] = nodes(root, "names");
  return names ? buildNames(site, names) : null;
}

function buildBlock(site: Site, node: CstNode): BlockItem | null {
  const span = cover(site, node);
  const [word] = tokens(node, "Identifier");
  if (!span || !word) return null;
  const name = nameOf(site, word, span);
  return {
    kind: "block",
    name,
    parameters: buildFormals(site, node),
    result: buildResultType(site, node, span),
    body: buildBody(site, nodes(node, "body")[0], name),
    doc: site.doc,
    span,
  };
}

function buildModel(site: Site, node: CstNode): ModelItem | null {
  const span = cover(site, node);
  const [word] = tokens(node, "Identifier");
  if (!span || !word) return null;
  const name = nameOf(site, word, span);
  const body = buildBody(site, nodes(node, "body")[0], name);
  return { kind: "model", name, parameters: buildFormals(site, node), body, doc: site.doc, span };
}

function buildFunction(site: Site, node: CstNode): FunctionItem | null {
  const span = cover(site, node);
  const [word] = tokens(node, "Identifier");
  if (!span || !word) return null;
  const name = nameOf(site, word, span);
  const parts = nodes(node, "functionParameter");
  askCommas(site, node, parts);
  const parameters = parts.flatMap((part): FunctionParameter[] => {
    const at = cover(site, part);
    const [parameter] = tokens(part, "Identifier");
    if (!at || !parameter) return [];
    const [fallback] = nodes(part, "expression");
    const value = fallback ? buildValue(site, fallback, at) : null;
    return [{ name: nameOf(site, parameter, at), fallback: value, span: at }];
  });
  const body = buildBody(site, nodes(node, "body")[0], name);
  return { kind: "function", name, parameters, body, doc: site.doc, span };
}

function buildConstant(site: Site, node: CstNode): ConstantItem | null {
  const span = cover(site, node);
  const [word] = tokens(node, "Identifier");
  if (!span || !word) return null;
  const value = buildValue(site, nodes(node, "expression")[0], span);
  return { kind: "constant", name: nameOf(site, word, span), value, doc: site.doc, span };
}

function buildConfig(site: Site, node: CstNode): ConfigItem | null {
  const span = cover(site, node);
  const [model] = tokens(node, "Identifier");
  const [title] = tokens(node, "Text");
  if (!span || !model || !title) return null;
  const settings = buildSettings(site, nodes(node, "settings")[0]);
  return {
    kind: "config",
    model: nameOf(site, model, span),
    title: textOf(site, title),
    settings,
    span,
  };
}

function buildNames(site: Site, node: CstNode): NamesItem | null {
  const span = cover(site, node);
  const [word] = tokens(node, "Identifier");
  if (!span || !word) return null;
  return {
    kind: "names",
    name: nameOf(site, word, span),
    config: nodes(node, "settings").flatMap((part) => buildSettings(site, part)),
    rules: nodes(node, "nameRule").flatMap((rule) => buildNameRule(site, rule) ?? []),
    span,
  };
}

const indexSpelling = /^\d{1,9}$/;

function buildNameRule(site: Site, node: CstNode): NameRule | null {
  const span = cover(site, node);
  const path = tokens(node, "Path")[0] ?? tokens(node, "Identifier")[0];
  const [text] = tokens(node, "Text");
  if (!span || !path || !text) return null;
  const source = textOf(site, text);
  for (const [placeholder] of source.text.matchAll(/\{\w+\}/g)) {
    if (!path.image.includes(placeholder)) tell(site, "E0211", source.span, { placeholder });
  }
  const [index] = tokens(node, "Numeral");
  if (index && !indexSpelling.test(index.image)) {
    tell(site, "E0115", spanOf(site, index), { text: index.image });
  }
  return {
    path: nameOf(site, path, span),
    source,
    index: index && indexSpelling.test(index.image) ? Number(index.image) : null,
    transpose: tokens(node, "Transpose").length > 0,
    span,
  };
}

function buildSettings(site: Site, node: CstNode | undefined): { name: Name; value: Expr }[] {
  return nodes(node, "setting").flatMap((setting) => {
    const [word] = tokens(setting, "Identifier");
    const near = cover(site, setting);
    if (!word || !near) return [];
    const value = buildValue(site, nodes(setting, "expression")[0], near);
    return [{ name: nameOf(site, word, near), value }];
  });
}

function buildFormals(site: Site, item: CstNode): Formal[] {
  const [list] = nodes(item, "formals");
  const parts = nodes(list, "formal");
  if (list) askCommas(site, list, parts);
  return parts.flatMap((part) => {
    const span = cover(site, part);
    const [word] = tokens(part, "Identifier");
    const type = span && buildType(site, nodes(part, "type")[0]);
    if (!span || !word || !type) return [];
    const [fallback] = nodes(part, "expression");
    return [
      {
        name: nameOf(site, word, span),
        type,
        fallback: fallback ? buildValue(site, fallback, span) : null,
        span,
      },
    ];
  });
}

const settingWords = {
  Size: "size",
  Number: "number",
  Flag: "flag",
  Block: "block",
  Pattern: "pattern",
} as const;

function buildType(site: Site, node: CstNode | undefined): FormalType | null {
  const span = cover(site, node);
  if (!span) return null;
  const [tensor] = nodes(node, "tensorType");
  if (tensor) return buildTensorType(site, tensor, span);
  for (const [type, of] of Object.entries(settingWords)) {
    if (tokens(node, type).length > 0) return { kind: "setting", of, span };
  }
  return null;
}

/** One tensor, or a record of named ones. */
function buildResultType(site: Site, block: CstNode, near: Span): ResultType {
  const [record] = nodes(block, "recordType");
  return record
    ? buildRecordType(site, record, near)
    : buildTensorType(site, nodes(block, "tensorType")[0], near);
}

function buildRecordType(site: Site, node: CstNode, near: Span): RecordType {
  const parts = nodes(node, "fieldType");
  askCommas(site, node, parts);
  const fields = parts.flatMap((part) => {
    const [word] = tokens(part, "Identifier");
    const at = cover(site, part) ?? near;
    if (!word) return [];
    return [
      {
        name: nameOf(site, word, at),
        type: buildTensorType(site, nodes(part, "tensorType")[0], at),
      },
    ];
  });
  return { kind: "record", fields, span: cover(site, node) ?? near };
}

function buildTensorType(site: Site, node: CstNode | undefined, near: Span): TensorType {
  const [list] = nodes(node, "list");
  const parts = nodes(list, "expression");
  if (list) askCommas(site, list, parts);
  return {
    kind: "tensor",
    element: tokens(node, "Int").length > 0 ? "int" : "float",
    dims: parts.map((part) => buildExpression(site, part, near)),
    span: cover(site, node) ?? near,
  };
}

function buildBody(site: Site, node: CstNode | undefined, owner: Name): Body {
  const span = cover(site, node) ?? owner.span;
  const parts = nodes(node, "statement");
  const statements: Statement[] = [];
  let result: Expr | null = null;
  parts.forEach((part, index) => {
    const [bare] = nodes(part, "expression");
    if (!bare) {
      statements.push(...buildStatement(site, part));
      return;
    }
    const value = buildValue(site, bare, span);
    if (index === parts.length - 1) result = value;
    else site.sayUnlessEcho(diagnose("E0113", value.span, {}));
  });
  if (!result && site.whole) tell(site, "E0114", owner.span, { owner: owner.text });
  return { statements, result, span };
}

function buildStatement(site: Site, part: CstNode): Statement[] {
  const [size] = nodes(part, "size");
  const [param] = nodes(part, "param");
  const node = size ?? param ?? nodes(part, "setting")[0];
  const span = cover(site, node);
  const [word] = tokens(node, "Identifier");
  if (!node || !span || !word) return [];
  const name = nameOf(site, word, span);
  const [value] = nodes(node, "expression");
  if (param) {
    const type = buildTensorType(site, nodes(param, "tensorType")[0], span);
    const initializer = value ? buildValue(site, value, span) : null;
    return [{ kind: "param", name, type, initializer, span }];
  }
  return [{ kind: size ? "size" : "let", name, value: buildValue(site, value, span), span }];
}

/** A value of its own: one that was not wholly read is left out altogether, lest its echoes be told. */
function buildValue(site: Site, node: CstNode | undefined, near: Span): Expr {
  const value = buildExpression(site, node, near);
  return site.isBroken(value.span) ? { kind: "name", name: hole, span: value.span } : value;
}

function textOf(site: Site, token: IToken): Name {
  const text = token.image.replace(/^"|"$/g, "").replace(/\\(.)/g, "$1");
  return { text, span: spanOf(site, token) };
}

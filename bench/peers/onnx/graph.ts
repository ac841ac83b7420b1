/** Writes ONNX models: nodes, constants and types as the bytes of a ModelProto. Knows no work and no runtime. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";

export type Cells = Float32Array | Int32Array | BigInt64Array | Uint8Array;
export type Body = MessageInitShape<typeof GraphProtoSchema>;

/** Whole numbers are `ints` or `int`; a real number is written { float }. */
export type Attribute =
  | string
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly body: Body };

/** Versions of the standard operators and of onnxruntime's own. */
const operators = [
  { domain: "", version: 21n },
  { domain: "com.microsoft", version: 1n },
];
const own: ReadonlySet<string> = new Set(["GroupQueryAttention", "MatMulNBits"]);
const irVersion = 10n;

export class GraphBuilder {
  readonly #nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  readonly #inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #constants: MessageInitShape<typeof TensorProtoSchema>[] = [];
  #made = 0;
  readonly #prefix: string;

  /** The prefix keeps names of a body apart from those around it. */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  /** f32 that comes with each run, or with each turn of a body. */
  input(name: string, shape: readonly number[]): string {
    this.#inputs.push(tensorValue(this.#prefix + name, shape));
    return this.#prefix + name;
  }
  constant(shape: readonly number[], data: Cells): string {
    const name = this.#fresh("constant");
    const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    this.#constants.push({ name, dims: shape.map(BigInt), dataType: typeOf(data), rawData });
    return name;
  }
  /** One f32. */
  number(value: number): string {
    return this.constant([], Float32Array.of(value));
  }
  sizes(...sizes: readonly number[]): string {
    return this.constant([sizes.length], BigInt64Array.from(sizes, BigInt));
  }
  /** The name of its first result. An empty input is one that is left out. */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    results = 1,
  ): string {
    return this.nodes(opType, input, attributes, results)[0]!;
  }
  nodes(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    results: number,
  ): readonly string[] {
    const output = Array.from({ length: results }, () => this.#fresh(opType));
    this.#nodes.push({
      ...{ opType, input: [...input], output, domain: own.has(opType) ? "com.microsoft" : "" },
      attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
    });
    return output;
  }
  /** Gives a value out under a name. */
  output(name: string, value: string, shape: readonly number[]): void {
    this.#nodes.push({ opType: "Identity", input: [value], output: [this.#prefix + name] });
    this.#outputs.push(tensorValue(this.#prefix + name, shape));
  }
  body(): Body {
    return {
      ...{ name: `${this.#prefix}graph`, node: this.#nodes, initializer: this.#constants },
      ...{ input: this.#inputs, output: this.#outputs },
    };
  }
  bytes(): Uint8Array {
    const model = create(ModelProtoSchema, {
      ...{ irVersion, producerName: "eyrie-bench", opsetImport: operators, graph: this.body() },
    });
    return toBinary(ModelProtoSchema, model);
  }

  #fresh(hint: string): string {
    return `${this.#prefix}${hint}_${this.#made++}`;
  }
}

function typeOf(data: Cells): TensorProto_DataType {
  if (data instanceof Float32Array) return TensorProto_DataType.FLOAT;
  if (data instanceof Int32Array) return TensorProto_DataType.INT32;
  return data instanceof Uint8Array ? TensorProto_DataType.UINT8 : TensorProto_DataType.INT64;
}

const tensorValue = (name: string, shape: readonly number[]) => ({
  name,
  type: {
    value: {
      case: "tensorType" as const,
      value: {
        elemType: TensorProto_DataType.FLOAT,
        shape: {
          dim: shape.map((n) => ({ value: { case: "dimValue" as const, value: BigInt(n) } })),
        },
      },
    },
  },
});

function attributeOf(
  name: string,
  value: Attribute,
): MessageInitShape<typeof AttributeProtoSchema> {
  const type = AttributeProto_AttributeType;
  if (typeof value === "string")
    return { name, type: type.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === "number") return { name, type: type.INT, i: BigInt(value) };
  if ("float" in value) return { name, type: type.FLOAT, f: value.float };
  if ("body" in value) return { name, type: type.GRAPH, g: value.body };
  return { name, type: type.INTS, ints: value.map(BigInt) };
}

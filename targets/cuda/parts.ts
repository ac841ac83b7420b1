/** The texts that a file's head is made of. Knows no kernel. */
import type { ValueType } from "../../codegen/kernel.ts";
import { bytesOfScalar, type Half, scalarNames, typeName } from "./types.ts";

const names = "xyzw";

/** A vector that CUDA has not, or has with other arithmetic. */
export function vectorType(type: ValueType): string {
  const { scalar, width } = type;
  const members = [...names.slice(0, width)].join(", ");
  return `struct __align__(${width * bytesOfScalar[scalar]}) ${typeName(type)} {
  ${scalarNames[scalar]} ${members};
};`;
}

type Parameter = { readonly name: string; readonly type: ValueType };

/** A function that makes a vector from its components' texts. */
export function functionText(
  name: string,
  parameters: readonly Parameter[],
  result: ValueType,
  components: readonly string[],
): string {
  const given = parameters.map((p) => `${typeName(p.type)} ${p.name}`).join(", ");
  return `__device__ inline ${typeName(result)} ${name}(${given}) {
  return {${components.join(", ")}};
}`;
}

/** `spread4(value)`: the value in every component. */
export const spread = (type: ValueType): string =>
  functionText(
    `spread${type.width}`,
    [{ name: "value", type: { scalar: type.scalar, width: 1 } }],
    type,
    Array.from({ length: type.width }, () => "value"),
  );

export const load = `/** A vector that begins at a multiple of its length, in one access. */
template <typename Vector, typename Scalar>
__device__ inline Vector load(const Scalar* from, unsigned index) {
  return *reinterpret_cast<const Vector*>(from + index);
}`;

export const store = `/** Writes a vector to a multiple of its length, in one access. */
template <typename Vector, typename Scalar>
__device__ inline void store(Scalar* to, unsigned index, Vector value) {
  *reinterpret_cast<Vector*>(to + index) = value;
}`;

/** What a half's functions are called in CUDA's header, and in ours. */
const halfNames = {
  f16: { header: "half", part: "half" },
  bf16: { header: "bfloat16", part: "bf16" },
} as const satisfies Record<Half, object>;

/** Two halves as one word. */
export function halfWords(scalar: Half): string {
  const type = scalarNames[scalar];
  const { header, part } = halfNames[scalar];
  return `__device__ inline unsigned word_of(${type} low, ${type} high) {
  return unsigned(__${header}_as_ushort(low)) | unsigned(__${header}_as_ushort(high)) << 16;
}

__device__ inline ${type} low_${part}(unsigned word) {
  return __ushort_as_${header}(word & 0xffffu);
}

__device__ inline ${type} high_${part}(unsigned word) {
  return __ushort_as_${header}(word >> 16);
}`;
}

/** Vectors of halves are read and written as whole words, so that no compiler takes the access apart. */
export function loadHalves(scalar: Half, width: 2 | 4): string {
  const [type, vector] = [scalarNames[scalar], typeName({ scalar, width })];
  const { part } = halfNames[scalar];
  const both = (word: string) => `low_${part}(${word}), high_${part}(${word})`;
  const [words, parts] =
    width === 2
      ? ["unsigned word", both("word")]
      : ["uint2 words", `${both("words.x")}, ${both("words.y")}`];
  return `template <>
__device__ inline ${vector} load<${vector}, ${type}>(const ${type}* from, unsigned index) {
  const ${words} = *reinterpret_cast<const ${words.split(" ")[0]}*>(from + index);
  return {${parts}};
}`;
}

export function storeHalves(scalar: Half, width: 2 | 4): string {
  const head = `__device__ inline void store(${scalarNames[scalar]}* to, unsigned index, ${typeName({ scalar, width })} value) {`;
  return width === 2
    ? `${head}
  *reinterpret_cast<unsigned*>(to + index) = word_of(value.x, value.y);
}`
    : `${head}
  const uint2 words{word_of(value.x, value.y), word_of(value.z, value.w)};
  *reinterpret_cast<uint2*>(to + index) = words;
}`;
}

/** PTX orders −0 before 0, as the kernel language does. */
const extreme = (
  name: string,
  instruction: string,
  what: string,
): string => `/** ${what}; NaN where either is NaN. */
__device__ inline float ${name}(float a, float b) {
  float result;
  asm("${instruction}.NaN.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
}`;

export const minimum = extreme("minimum", "min", "The smaller of both");
export const maximum = extreme("maximum", "max", "The larger of both");

/** By butterflies, so that every lane gets the same bits. */
export const collective = (
  name: string,
  type: ValueType,
  combined: string,
): string => `/** Over the 32 lanes of the subgroup, for each of them. */
__device__ inline ${typeName(type)} ${name}(${typeName(type)} value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const ${typeName(type)} other = __shfl_xor_sync(0xffffffffu, value, by);
    value = ${combined};
  }
  return value;
}`;

const shuffles = { shuffle_xor: "__shfl_xor_sync", broadcast: "__shfl_sync" } as const;

export const shuffle = (op: keyof typeof shuffles, type: ValueType): string => {
  const components = [...names.slice(0, type.width)].map(
    (c) => `${shuffles[op]}(0xffffffffu, a.${c}, by)`,
  );
  const given = [
    { name: "a", type },
    { name: "by", type: { scalar: "u32", width: 1 } },
  ] as const;
  return functionText(`subgroup_${op}`, given, type, components);
};

export const copyAsync = `/** Begins to copy neighbours to workgroup memory; zeros come where \`when\` is false, and nothing is read. */
template <unsigned width, typename Scalar>
__device__ inline void copy_async(Scalar* to, const Scalar* from, bool when = true) {
  constexpr unsigned bytes = width * sizeof(Scalar);
  static_assert(bytes == 4u || bytes == 8u || bytes == 16u, "a copy of 4, 8 or 16 bytes");
  const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(to));
  const size_t global = __cvta_generic_to_global(from);
  const unsigned read = when ? bytes : 0u;
  if constexpr (bytes == 16u) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(shared), "l"(global), "r"(read)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;"
                 :
                 : "r"(shared), "l"(global), "n"(bytes), "r"(read)
                 : "memory");
  }
}`;

export const commitCopies = `/** The copies since the last call are a group. */
__device__ inline void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}`;

export const awaitCopies = `/** Waits for all groups of copies but the last \`pending\`. */
template <unsigned pending>
__device__ inline void await_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}`;

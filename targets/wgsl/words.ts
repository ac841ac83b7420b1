/** The words that a kernel's own names must not take in WGSL: keywords, reserved words, and the built-ins that we spell. */

const keywords = `alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if
let loop override requires return struct switch true var while`;

const reserved = `NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become binding_array
cast catch class co_await co_return co_yield coherent column_major common compile compile_fragment concept const_cast consteval
constexpr constinit crate debugger decltype delete demote demote_to_helper do dynamic_cast enum explicit export extends extern
external fallthrough filter final finally friend from fxgroup get goto groupshared highp impl implements import inline instanceof
interface layout lowp macro macro_rules match mediump meta mod module move mut mutable namespace new nil noexcept noinline
nointerpolation noperspective null nullptr of operator package packoffset partition pass patch pixelfragment precise precision
premerge priv protected pub public readonly ref regardless register reinterpret_cast require resource restrict self set shared
sizeof smooth snorm static static_assert static_cast std subroutine super target template this thread_local throw trait try type
typedef typeid typename typeof union unless unorm unsafe unsized use using varying virtual volatile wgsl where with writeonly
yield`;

const spelled = `f32 f16 i32 u32 bool vec2 vec4 array bitcast select abs floor exp log sqrt inverseSqrt tanh sin cos min max fma
subgroupAdd subgroupMax subgroupShuffleXor workgroupBarrier storageBarrier main group lane subgroup_lane workgroup storage
read read_write stored`;

const taken: ReadonlySet<string> = new Set([keywords, reserved, spelled].join(" ").split(/\s+/));

/** The name itself, or with one more `_` behind it where WGSL has another use for it; different names stay different. */
export function identifier(name: string): string {
  if (/^_+$/.test(name)) return `underscore${name}`;
  return taken.has(name.replace(/_+$/, "")) ? `${name}_` : name;
}

/** The words that a kernel's own names must not take in CUDA: C++'s, those of CUDA's headers, and what our text calls. */

const keywords = `alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t char8_t class
co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default delete do
double dynamic_cast else enum explicit export extern false final float for friend goto if import inline int long module mutable
namespace new noexcept not not_eq nullptr operator or or_eq override private protected public register reinterpret_cast requires
restrict return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try
typedef typeid typename typeof union unsigned using virtual void volatile wchar_t while xor xor_eq`;

/** Macros of the headers that nvcc reads before a file, in whatever case. */
const macros = `NULL assert cudaDevicePropDontCare errno linux unix stdin stdout stderr major minor makedev htobe16 htole16 isfinite
isinf isnan isnormal signbit offsetof INFINITY NAN EOF BUFSIZ HUGE_VAL HUGE_VALF RAND_MAX CHAR_BIT INT_MAX INT_MIN UINT_MAX
FLT_MAX FLT_MIN FLT_EPSILON M_E M_PI M_LN2 M_SQRT2 CUDART_VERSION`;

const cuda = `blockIdx threadIdx blockDim gridDim warpSize half half2 uint dim3 uint2 uint3 uint4 int2 int3 int4 float2 float3
float4 char4 uchar4 ushort4 double2 double4 size_t std`;

const spelled = `f16x2 f16x4 bf16x2 bf16x4 boolx2 boolx4 load store spread2 spread4 minimum maximum min max select fabsf floorf expf logf sqrtf
rsqrtf tanhf sinf cosf fmodf fmaf subgroup_sum subgroup_max subgroup_shuffle_xor subgroup_broadcast word_of low_half high_half low_bf16 high_bf16 copy_async commit_copies await_copies multiply
to_float2 to_float4 to_int2 to_int4 to_uint2 to_uint4 to_f16x2 to_f16x4 to_bf16x2 to_bf16x4 to_boolx2 to_boolx4 bits_as_float2 bits_as_float4
bits_as_int2 bits_as_int4 bits_as_uint2 bits_as_uint4 stored dynamic_memory`;

const taken: ReadonlySet<string> = new Set(
  [keywords, macros, cuda, spelled].join(" ").split(/\s+/),
);

/** The name itself, or with one more `_` behind it where CUDA has another use for it; different names stay different. */
export function identifier(name: string): string {
  if (/^_+$/.test(name)) return `underscore${name}`;
  return taken.has(name.replace(/_+$/, "")) ? `${name}_` : name;
}

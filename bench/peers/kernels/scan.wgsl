// The plainest fast scan: four neighbouring channels a lane, one after another through time.
@group(0) @binding(0) var<storage, read> decay: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

const rows = ROWSu;
const across = CHANNELSu / 4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= across) { return; }
  var h = vec4f();
  for (var t = 0u; t < rows; t++) {
    let at = t * across + id.x;
    h = fma(decay[at], h, x[at]);
    y[at] = h;
  }
}

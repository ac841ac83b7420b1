// elementwise_x_and_elementwise_2
@group(0) @binding(0) var<storage, read> piece_start: array<u32>;
@group(0) @binding(1) var<storage, read> tokens: array<i32>;
@group(0) @binding(2) var<storage, read> embedding: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> x_1: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> seen: array<i32>;
@group(0) @binding(5) var<storage, read> count: array<i32>;
@group(0) @binding(6) var<storage, read_write> add: array<i32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  if (group.x < 10u) {
    let piece_start_value = piece_start[0u];
    let element = group.x * 64u + lane;
    if (element < 640u) {
      let tokens_value = tokens[0u];
      let row = min(u32(max(tokens_value, 0i)), 255999u) - piece_start_value;
      let in_piece = row < 12800u;
      let embedding_value = embedding[min(row, 12799u) * 640u + element];
      let x = embedding_value * vec4<f32>(50.5);
      if (in_piece) {
        x_1[element] = x;
      }
    }
  } else {
    let place = group.x - 10u;
    let element_2 = place * 64u + lane;
    if (element_2 < 1u) {
      let seen_value = seen[element_2];
      let count_value = count[element_2];
      add[element_2] = seen_value + count_value;
    }
  }
}

// elementwise_x
@group(0) @binding(0) var<storage, read> piece_start: array<u32>;
@group(0) @binding(1) var<storage, read> tokens: array<i32>;
@group(0) @binding(2) var<storage, read> embedding: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> x_1: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let piece_start_value = piece_start[0u];
  let element = group.x * 64u + lane;
  if (element < 640u) {
    let tokens_value = tokens[0u];
    let row = min(u32(max(tokens_value, 0i)), 255999u) - piece_start_value;
    let in_piece = row < 12800u;
    let embedding_value = embedding[min(row, 12799u) * 640u + element];
    let x = embedding_value * vec4<f32>(50.5);
    if (in_piece) {
      x_1[element] = x;
    }
  }
}

// contract_y_product
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> position: array<i32>;
@group(0) @binding(2) var<storage, read> temporal_pre_norm_scale: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> linear_x_w: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> linear_y_w: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> linear_x_b: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> linear_x_1: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read> conv_1d_past: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read> conv_1d_w: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read> conv_1d_b: array<vec4<f32>>;
@group(0) @binding(10) var<storage, read_write> conv_1d_1: array<vec4<f32>>;
@group(0) @binding(11) var<storage, read> linear_y_b: array<vec4<f32>>;
@group(0) @binding(12) var<storage, read_write> y_1: array<vec4<f32>>;
var<workgroup> sum_partials: array<f32, 128>;
var<workgroup> sum_totals: array<f32, 8>;
var<workgroup> rows: array<vec4<f32>, 640>;
var<workgroup> parts: array<vec4<f32>, 256>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = vec4<f32>(0.0);
  for (var column = lane * 4u; column < 2560u; column += 512u) {
    let x_value = x[column / 4u];
    sum = sum + x_value * x_value;
  }
  let sum_now_1 = sum;
  let partial = sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w;
  sum_partials[lane] = partial;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_1 = 0.0;
    for (var partial_1 = 0u; partial_1 < 16u; partial_1 += 1u) {
      let sum_partials_value = sum_partials[lane * 16u + partial_1];
      sum_1 = sum_1 + sum_partials_value;
    }
    sum_totals[lane] = sum_1;
  }
  workgroupBarrier();
  var sum_2 = 0.0;
  for (var partial_2 = 0u; partial_2 < 8u; partial_2 += 1u) {
    let sum_totals_value = sum_totals[partial_2];
    sum_2 = sum_2 + sum_totals_value;
  }
  let position_value = position[0u];
  let le = 0i <= position_value;
  let of_row = le && position_value < 3i;
  let of_row_1 = le && position_value < 2i;
  let of_row_2 = le && position_value < 1i;
  let of_row_3 = inverseSqrt(sum_2 * 0.000390625 + 0.000001);
  // the rows, once for all lanes
  for (var cell = lane * 4u; cell < 2560u; cell += 512u) {
    let x_value_1 = x[cell / 4u];
    let temporal_pre_norm_scale_value = temporal_pre_norm_scale[cell / 4u];
    let temporal_pre_norm = x_value_1 * vec4<f32>(of_row_3) * (vec4<f32>(1.0) + temporal_pre_norm_scale_value);
    rows[cell / 4u] = temporal_pre_norm;
  }
  workgroupBarrier();
  let slice = lane / 8u;
  let place = lane % 8u;
  let position_1 = group.x * 8u + place;
  let column_1 = position_1 * 4u;
  var sum_0_0 = vec4<f32>(0.0);
  var sum_0_0_1 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 2560u; term += 64u) {
    let left_value = rows[term / 4u];
    let linear_x_w_value = linear_x_w[term * 640u + column_1 / 4u];
    let linear_y_w_value = linear_y_w[term * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.x), linear_x_w_value, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.x), linear_y_w_value, sum_0_0_1);
    let linear_x_w_value_1 = linear_x_w[(term + 1u) * 640u + column_1 / 4u];
    let linear_y_w_value_1 = linear_y_w[(term + 1u) * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.y), linear_x_w_value_1, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.y), linear_y_w_value_1, sum_0_0_1);
    let linear_x_w_value_2 = linear_x_w[(term + 2u) * 640u + column_1 / 4u];
    let linear_y_w_value_2 = linear_y_w[(term + 2u) * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.z), linear_x_w_value_2, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.z), linear_y_w_value_2, sum_0_0_1);
    let linear_x_w_value_3 = linear_x_w[(term + 3u) * 640u + column_1 / 4u];
    let linear_y_w_value_3 = linear_y_w[(term + 3u) * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.w), linear_x_w_value_3, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.w), linear_y_w_value_3, sum_0_0_1);
  }
  let sum_0_0_now_4 = sum_0_0;
  let sum_0_0_1_now_4 = sum_0_0_1;
  parts[lane] = sum_0_0_now_4;
  parts[(slice + 16u) * 8u + place] = sum_0_0_1_now_4;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_0_0_now_4;
    for (var other = 1u; other < 16u; other += 1u) {
      let part_value = parts[other * 8u + place];
      total = total + part_value;
    }
    var total_1 = sum_0_0_1_now_4;
    for (var other_1 = 1u; other_1 < 16u; other_1 += 1u) {
      let part_value_1 = parts[(other_1 + 16u) * 8u + place];
      total_1 = total_1 + part_value_1;
    }
    let linear_x_b_value = linear_x_b[column_1 / 4u];
    let linear_x = total + linear_x_b_value;
    linear_x_1[column_1 / 4u] = linear_x;
    let conv_1d_past_value = conv_1d_past[column_1 / 4u];
    let conv_1d_w_value = conv_1d_w[column_1 / 4u];
    let conv_1d_past_value_1 = conv_1d_past[column_1 / 4u + 640u];
    let conv_1d_w_value_1 = conv_1d_w[column_1 / 4u + 640u];
    let conv_1d_past_value_2 = conv_1d_past[column_1 / 4u + 1280u];
    let conv_1d_w_value_2 = conv_1d_w[column_1 / 4u + 1280u];
    let conv_1d_w_value_3 = conv_1d_w[column_1 / 4u + 1920u];
    let conv_1d_b_value = conv_1d_b[column_1 / 4u];
    let conv_1d = select(conv_1d_past_value * conv_1d_w_value, vec4<f32>(0.0), vec4<bool>(of_row)) + select(conv_1d_past_value_1 * conv_1d_w_value_1, vec4<f32>(0.0), vec4<bool>(of_row_1)) + select(conv_1d_past_value_2 * conv_1d_w_value_2, vec4<f32>(0.0), vec4<bool>(of_row_2)) + linear_x * conv_1d_w_value_3 + conv_1d_b_value;
    conv_1d_1[column_1 / 4u] = conv_1d;
    let linear_y_b_value = linear_y_b[column_1 / 4u];
    let linear_y = total_1 + linear_y_b_value;
    let y = linear_y * vec4<f32>(0.5) * (tanh(min(max((linear_y + linear_y * linear_y * linear_y * vec4<f32>(0.044715)) * vec4<f32>(0.7978846), vec4<f32>(-10.0)), vec4<f32>(10.0))) + vec4<f32>(1.0));
    y_1[column_1 / 4u] = y;
  }
}

// contract_product_and_elementwise
@group(0) @binding(0) var<storage, read> conv_1d: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> a_gate_w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> input_gate_w: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> a_gate_b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> input_gate_b: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> count: array<i32>;
@group(0) @binding(6) var<storage, read> position_1: array<i32>;
@group(0) @binding(7) var<storage, read> rg_lru_a_param: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read> rg_lru_scan: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read> y_2: array<vec4<f32>>;
@group(0) @binding(10) var<storage, read_write> mul_1: array<vec4<f32>>;
@group(0) @binding(11) var<storage, read_write> rg_lru_1: array<vec4<f32>>;
@group(0) @binding(12) var<storage, read> linear_x: array<vec4<f32>>;
@group(0) @binding(13) var<storage, read> conv_1d_past: array<vec4<f32>>;
@group(0) @binding(14) var<storage, read_write> select_: array<vec4<f32>>;
var<workgroup> parts: array<vec4<f32>, 256>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  if (group.x < 80u) {
    let across = group.x % 8u;
    let layer = group.x / 8u;
    let slice = lane / 8u;
    let place = lane % 8u;
    let position = across * 8u + place;
    let column = position * 4u;
    var sum_0_0 = vec4<f32>(0.0);
    var sum_0_0_1 = vec4<f32>(0.0);
    for (var term = slice * 4u; term < 256u; term += 64u) {
      let conv_1d_value = conv_1d[layer * 64u + term / 4u];
      let a_gate_w_value = a_gate_w[(layer * 256u + term) * 64u + column / 4u];
      let input_gate_w_value = input_gate_w[(layer * 256u + term) * 64u + column / 4u];
      sum_0_0 = fma(vec4<f32>(conv_1d_value.x), a_gate_w_value, sum_0_0);
      sum_0_0_1 = fma(vec4<f32>(conv_1d_value.x), input_gate_w_value, sum_0_0_1);
      let a_gate_w_value_1 = a_gate_w[(layer * 256u + term + 1u) * 64u + column / 4u];
      let input_gate_w_value_1 = input_gate_w[(layer * 256u + term + 1u) * 64u + column / 4u];
      sum_0_0 = fma(vec4<f32>(conv_1d_value.y), a_gate_w_value_1, sum_0_0);
      sum_0_0_1 = fma(vec4<f32>(conv_1d_value.y), input_gate_w_value_1, sum_0_0_1);
      let a_gate_w_value_2 = a_gate_w[(layer * 256u + term + 2u) * 64u + column / 4u];
      let input_gate_w_value_2 = input_gate_w[(layer * 256u + term + 2u) * 64u + column / 4u];
      sum_0_0 = fma(vec4<f32>(conv_1d_value.z), a_gate_w_value_2, sum_0_0);
      sum_0_0_1 = fma(vec4<f32>(conv_1d_value.z), input_gate_w_value_2, sum_0_0_1);
      let a_gate_w_value_3 = a_gate_w[(layer * 256u + term + 3u) * 64u + column / 4u];
      let input_gate_w_value_3 = input_gate_w[(layer * 256u + term + 3u) * 64u + column / 4u];
      sum_0_0 = fma(vec4<f32>(conv_1d_value.w), a_gate_w_value_3, sum_0_0);
      sum_0_0_1 = fma(vec4<f32>(conv_1d_value.w), input_gate_w_value_3, sum_0_0_1);
    }
    let sum_0_0_now_4 = sum_0_0;
    let sum_0_0_1_now_4 = sum_0_0_1;
    parts[lane] = sum_0_0_now_4;
    parts[(slice + 16u) * 8u + place] = sum_0_0_1_now_4;
    workgroupBarrier();
    if (slice == 0u) {
      var total = sum_0_0_now_4;
      for (var other = 1u; other < 16u; other += 1u) {
        let part_value = parts[other * 8u + place];
        total = total + part_value;
      }
      var total_1 = sum_0_0_1_now_4;
      for (var other_1 = 1u; other_1 < 16u; other_1 += 1u) {
        let part_value_1 = parts[(other_1 + 16u) * 8u + place];
        total_1 = total_1 + part_value_1;
      }
      let a_gate_b_value = a_gate_b[layer * 64u + column / 4u];
      let y = total + a_gate_b_value;
      let input_gate_b_value = input_gate_b[layer * 64u + column / 4u];
      let y_1 = total_1 + input_gate_b_value;
      let count_value = count[0u];
      let position_1_value = position_1[0u];
      let first = position_1_value == 0i;
      let rg_lru_a_param_value = rg_lru_a_param[layer * 64u + column / 4u];
      let exp_ = exp(-abs(rg_lru_a_param_value));
      let div = exp_ / (exp_ + vec4<f32>(2.0));
      let mul = div * div;
      let r = vec4<f32>(1.0) / (exp(-y) + vec4<f32>(1.0));
      let log_a = vec4<f32>(-8.0) * (max(rg_lru_a_param_value, vec4<f32>(0.0)) + select(log(exp_ + vec4<f32>(1.0)), div * ((((vec4<f32>(0.22222222) * mul + vec4<f32>(0.2857143)) * mul + vec4<f32>(0.4)) * mul + vec4<f32>(0.6666667)) * mul + vec4<f32>(2.0)), abs(exp_) < vec4<f32>(0.35))) * r;
      let exp_1 = exp(log_a);
      let a = select(exp_1, vec4<f32>(0.0), vec4<bool>(first));
      let rg_lru_scan_value = rg_lru_scan[layer * 64u + column / 4u];
      let m = select(sqrt(-(select(exp_1 - vec4<f32>(1.0), (((((vec4<f32>(0.0001984127) * log_a + vec4<f32>(0.0013888889)) * log_a + vec4<f32>(0.008333334)) * log_a + vec4<f32>(0.041666668)) * log_a + vec4<f32>(0.16666667)) * log_a + vec4<f32>(0.5)) * log_a * log_a + log_a, abs(log_a) < vec4<f32>(0.35)) * (exp_1 + vec4<f32>(1.0)))), vec4<f32>(1.0), vec4<bool>(first));
      let i = vec4<f32>(1.0) / (exp(-y_1) + vec4<f32>(1.0));
      let conv_1d_value_1 = conv_1d[layer * 64u + column / 4u];
      let rg_lru = select(vec4<f32>(1.0), a, vec4<bool>(0i < count_value)) * rg_lru_scan_value + select(vec4<f32>(0.0), m * (i * conv_1d_value_1), vec4<bool>(0i < count_value));
      let y_2_value = y_2[layer * 64u + column / 4u];
      mul_1[layer * 64u + column / 4u] = rg_lru * y_2_value;
      rg_lru_1[layer * 64u + column / 4u] = rg_lru;
    }
  } else {
    if (lane < 64u) {
      let place_2 = group.x - 80u;
      let element = place_2 * 64u + lane;
      if (element < 1920u) {
        let element_1 = element * 4u;
        let k = element_1 % 2560u;
        let j = element_1 / 2560u;
        let position_value = position_1[0u];
        let count_value_2 = count[0u];
        let row = min(u32(max(i32(j) + count_value_2, 0i)), 3u);
        let linear_x_value = linear_x[k / 4u];
        let conv_1d_past_value = conv_1d_past[min(row, 2u) * 640u + k / 4u];
        select_[element] = select(select(linear_x_value, conv_1d_past_value, vec4<bool>(row < 3u)), vec4<f32>(0.0), vec4<bool>(0i <= position_value && position_value < 2i - i32(j) && 0i < count_value_2));
      }
    }
  }
}

// contract_r_product
@group(0) @binding(0) var<storage, read> mul: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> linear_out_w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> linear_out_b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> r_1: array<vec4<f32>>;
var<workgroup> parts: array<vec4<f32>, 128>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let slice = lane / 8u;
  let place = lane % 8u;
  let position = group.x * 8u + place;
  let column = position * 4u;
  var sum_0_0 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 2560u; term += 64u) {
    let mul_value = mul[term / 4u];
    let linear_out_w_value = linear_out_w[term * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.x), linear_out_w_value, sum_0_0);
    let linear_out_w_value_1 = linear_out_w[(term + 1u) * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.y), linear_out_w_value_1, sum_0_0);
    let linear_out_w_value_2 = linear_out_w[(term + 2u) * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.z), linear_out_w_value_2, sum_0_0);
    let linear_out_w_value_3 = linear_out_w[(term + 3u) * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.w), linear_out_w_value_3, sum_0_0);
  }
  let sum_0_0_now_4 = sum_0_0;
  parts[lane] = sum_0_0_now_4;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_0_0_now_4;
    for (var other = 1u; other < 16u; other += 1u) {
      let part_value = parts[other * 8u + place];
      total = total + part_value;
    }
    let x_value = x[column / 4u];
    let linear_out_b_value = linear_out_b[column / 4u];
    let linear_out = total + linear_out_b_value;
    let r = x_value + linear_out;
    r_1[column / 4u] = r;
  }
}

// contract_product_2
@group(0) @binding(0) var<storage, read> r: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> channel_pre_norm_scale: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> gate_w: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> up_w: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> gate_b: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> up_b: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> mul: array<vec4<f32>>;
var<workgroup> sum_partials: array<f32, 128>;
var<workgroup> sum_totals: array<f32, 8>;
var<workgroup> rows: array<vec4<f32>, 640>;
var<workgroup> parts: array<vec4<f32>, 256>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = vec4<f32>(0.0);
  for (var column = lane * 4u; column < 2560u; column += 512u) {
    let r_value = r[column / 4u];
    sum = sum + r_value * r_value;
  }
  let sum_now_1 = sum;
  let partial = sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w;
  sum_partials[lane] = partial;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_1 = 0.0;
    for (var partial_1 = 0u; partial_1 < 16u; partial_1 += 1u) {
      let sum_partials_value = sum_partials[lane * 16u + partial_1];
      sum_1 = sum_1 + sum_partials_value;
    }
    sum_totals[lane] = sum_1;
  }
  workgroupBarrier();
  var sum_2 = 0.0;
  for (var partial_2 = 0u; partial_2 < 8u; partial_2 += 1u) {
    let sum_totals_value = sum_totals[partial_2];
    sum_2 = sum_2 + sum_totals_value;
  }
  let of_row = inverseSqrt(sum_2 * 0.000390625 + 0.000001);
  // the rows, once for all lanes
  for (var cell = lane * 4u; cell < 2560u; cell += 512u) {
    let r_value_1 = r[cell / 4u];
    let channel_pre_norm_scale_value = channel_pre_norm_scale[cell / 4u];
    let channel_pre_norm = r_value_1 * vec4<f32>(of_row) * (vec4<f32>(1.0) + channel_pre_norm_scale_value);
    rows[cell / 4u] = channel_pre_norm;
  }
  workgroupBarrier();
  let slice = lane / 16u;
  let place = lane % 16u;
  let position = group.x * 16u + place;
  let column_1 = position * 4u;
  var sum_0_0 = vec4<f32>(0.0);
  var sum_0_0_1 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 2560u; term += 32u) {
    let left_value = rows[term / 4u];
    let gate_w_value = gate_w[term * 1920u + column_1 / 4u];
    let up_w_value = up_w[term * 1920u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.x), gate_w_value, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.x), up_w_value, sum_0_0_1);
    let gate_w_value_1 = gate_w[(term + 1u) * 1920u + column_1 / 4u];
    let up_w_value_1 = up_w[(term + 1u) * 1920u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.y), gate_w_value_1, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.y), up_w_value_1, sum_0_0_1);
    let gate_w_value_2 = gate_w[(term + 2u) * 1920u + column_1 / 4u];
    let up_w_value_2 = up_w[(term + 2u) * 1920u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.z), gate_w_value_2, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.z), up_w_value_2, sum_0_0_1);
    let gate_w_value_3 = gate_w[(term + 3u) * 1920u + column_1 / 4u];
    let up_w_value_3 = up_w[(term + 3u) * 1920u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.w), gate_w_value_3, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.w), up_w_value_3, sum_0_0_1);
  }
  let sum_0_0_now_4 = sum_0_0;
  let sum_0_0_1_now_4 = sum_0_0_1;
  parts[lane] = sum_0_0_now_4;
  parts[(slice + 8u) * 16u + place] = sum_0_0_1_now_4;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_0_0_now_4;
    for (var other = 1u; other < 8u; other += 1u) {
      let part_value = parts[other * 16u + place];
      total = total + part_value;
    }
    var total_1 = sum_0_0_1_now_4;
    for (var other_1 = 1u; other_1 < 8u; other_1 += 1u) {
      let part_value_1 = parts[(other_1 + 8u) * 16u + place];
      total_1 = total_1 + part_value_1;
    }
    let gate_b_value = gate_b[column_1 / 4u];
    let gate = total + gate_b_value;
    let g = gate * vec4<f32>(0.5) * (tanh(min(max((gate + gate * gate * gate * vec4<f32>(0.044715)) * vec4<f32>(0.7978846), vec4<f32>(-10.0)), vec4<f32>(10.0))) + vec4<f32>(1.0));
    let up_b_value = up_b[column_1 / 4u];
    let up = total_1 + up_b_value;
    mul[column_1 / 4u] = g * up;
  }
}

// contract_layers_0_product
@group(0) @binding(0) var<storage, read> mul: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> down_w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> r: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> down_b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> layers: array<vec4<f32>>;
var<workgroup> parts: array<vec4<f32>, 128>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let slice = lane / 8u;
  let place = lane % 8u;
  let position = group.x * 8u + place;
  let column = position * 4u;
  var sum_0_0 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 7680u; term += 64u) {
    let mul_value = mul[term / 4u];
    let down_w_value = down_w[term * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.x), down_w_value, sum_0_0);
    let down_w_value_1 = down_w[(term + 1u) * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.y), down_w_value_1, sum_0_0);
    let down_w_value_2 = down_w[(term + 2u) * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.z), down_w_value_2, sum_0_0);
    let down_w_value_3 = down_w[(term + 3u) * 640u + column / 4u];
    sum_0_0 = fma(vec4<f32>(mul_value.w), down_w_value_3, sum_0_0);
  }
  let sum_0_0_now_4 = sum_0_0;
  parts[lane] = sum_0_0_now_4;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_0_0_now_4;
    for (var other = 1u; other < 16u; other += 1u) {
      let part_value = parts[other * 8u + place];
      total = total + part_value;
    }
    let r_value = r[column / 4u];
    let down_b_value = down_b[column / 4u];
    let down = total + down_b_value;
    let layers_0 = r_value + down;
    layers[column / 4u] = layers_0;
  }
}

// contract_proj_q_product
@group(0) @binding(0) var<storage, read> layers: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> temporal_pre_norm_scale: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> proj_q_w: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> proj_q: array<vec4<f32>>;
var<workgroup> sum_partials: array<f32, 128>;
var<workgroup> sum_totals: array<f32, 8>;
var<workgroup> rows: array<vec4<f32>, 640>;
var<workgroup> parts: array<vec4<f32>, 128>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = vec4<f32>(0.0);
  for (var column = lane * 4u; column < 2560u; column += 512u) {
    let layers_value = layers[column / 4u];
    sum = sum + layers_value * layers_value;
  }
  let sum_now_1 = sum;
  let partial = sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w;
  sum_partials[lane] = partial;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_1 = 0.0;
    for (var partial_1 = 0u; partial_1 < 16u; partial_1 += 1u) {
      let sum_partials_value = sum_partials[lane * 16u + partial_1];
      sum_1 = sum_1 + sum_partials_value;
    }
    sum_totals[lane] = sum_1;
  }
  workgroupBarrier();
  var sum_2 = 0.0;
  for (var partial_2 = 0u; partial_2 < 8u; partial_2 += 1u) {
    let sum_totals_value = sum_totals[partial_2];
    sum_2 = sum_2 + sum_totals_value;
  }
  let of_row = inverseSqrt(sum_2 * 0.000390625 + 0.000001);
  // the rows, once for all lanes
  for (var cell = lane * 4u; cell < 2560u; cell += 512u) {
    let layers_value_1 = layers[cell / 4u];
    let temporal_pre_norm_scale_value = temporal_pre_norm_scale[cell / 4u];
    let temporal_pre_norm = layers_value_1 * vec4<f32>(of_row) * (vec4<f32>(1.0) + temporal_pre_norm_scale_value);
    rows[cell / 4u] = temporal_pre_norm;
  }
  workgroupBarrier();
  let slice = lane / 8u;
  let place = lane % 8u;
  let position = group.x * 8u + place;
  let column_1 = position * 4u;
  var sum_0_0 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 2560u; term += 64u) {
    let left_value = rows[term / 4u];
    let proj_q_w_value = proj_q_w[term * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.x), proj_q_w_value, sum_0_0);
    let proj_q_w_value_1 = proj_q_w[(term + 1u) * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.y), proj_q_w_value_1, sum_0_0);
    let proj_q_w_value_2 = proj_q_w[(term + 2u) * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.z), proj_q_w_value_2, sum_0_0);
    let proj_q_w_value_3 = proj_q_w[(term + 3u) * 640u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.w), proj_q_w_value_3, sum_0_0);
  }
  let sum_0_0_now_4 = sum_0_0;
  parts[lane] = sum_0_0_now_4;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_0_0_now_4;
    for (var other = 1u; other < 16u; other += 1u) {
      let part_value = parts[other * 8u + place];
      total = total + part_value;
    }
    proj_q[column_1 / 4u] = total;
  }
}

// contract_proj_v_product
@group(0) @binding(0) var<storage, read> layers: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> temporal_pre_norm_scale: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> proj_k_w: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> proj_v_w: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> proj_k: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> proj_v: array<vec4<f32>>;
var<workgroup> sum_partials: array<f32, 128>;
var<workgroup> sum_totals: array<f32, 8>;
var<workgroup> rows: array<vec4<f32>, 640>;
var<workgroup> parts: array<vec4<f32>, 256>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = vec4<f32>(0.0);
  for (var column = lane * 4u; column < 2560u; column += 512u) {
    let layers_value = layers[column / 4u];
    sum = sum + layers_value * layers_value;
  }
  let sum_now_1 = sum;
  let partial = sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w;
  sum_partials[lane] = partial;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_1 = 0.0;
    for (var partial_1 = 0u; partial_1 < 16u; partial_1 += 1u) {
      let sum_partials_value = sum_partials[lane * 16u + partial_1];
      sum_1 = sum_1 + sum_partials_value;
    }
    sum_totals[lane] = sum_1;
  }
  workgroupBarrier();
  var sum_2 = 0.0;
  for (var partial_2 = 0u; partial_2 < 8u; partial_2 += 1u) {
    let sum_totals_value = sum_totals[partial_2];
    sum_2 = sum_2 + sum_totals_value;
  }
  let of_row = inverseSqrt(sum_2 * 0.000390625 + 0.000001);
  // the rows, once for all lanes
  for (var cell = lane * 4u; cell < 2560u; cell += 512u) {
    let layers_value_1 = layers[cell / 4u];
    let temporal_pre_norm_scale_value = temporal_pre_norm_scale[cell / 4u];
    let temporal_pre_norm = layers_value_1 * vec4<f32>(of_row) * (vec4<f32>(1.0) + temporal_pre_norm_scale_value);
    rows[cell / 4u] = temporal_pre_norm;
  }
  workgroupBarrier();
  let slice = lane / 8u;
  let place = lane % 8u;
  let position = group.x * 8u + place;
  let column_1 = position * 4u;
  var sum_0_0 = vec4<f32>(0.0);
  var sum_0_0_1 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 2560u; term += 64u) {
    let left_value = rows[term / 4u];
    let proj_k_w_value = proj_k_w[term * 64u + column_1 / 4u];
    let proj_v_w_value = proj_v_w[term * 64u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.x), proj_k_w_value, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.x), proj_v_w_value, sum_0_0_1);
    let proj_k_w_value_1 = proj_k_w[(term + 1u) * 64u + column_1 / 4u];
    let proj_v_w_value_1 = proj_v_w[(term + 1u) * 64u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.y), proj_k_w_value_1, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.y), proj_v_w_value_1, sum_0_0_1);
    let proj_k_w_value_2 = proj_k_w[(term + 2u) * 64u + column_1 / 4u];
    let proj_v_w_value_2 = proj_v_w[(term + 2u) * 64u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.z), proj_k_w_value_2, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.z), proj_v_w_value_2, sum_0_0_1);
    let proj_k_w_value_3 = proj_k_w[(term + 3u) * 64u + column_1 / 4u];
    let proj_v_w_value_3 = proj_v_w[(term + 3u) * 64u + column_1 / 4u];
    sum_0_0 = fma(vec4<f32>(left_value.w), proj_k_w_value_3, sum_0_0);
    sum_0_0_1 = fma(vec4<f32>(left_value.w), proj_v_w_value_3, sum_0_0_1);
  }
  let sum_0_0_now_4 = sum_0_0;
  let sum_0_0_1_now_4 = sum_0_0_1;
  parts[lane] = sum_0_0_now_4;
  parts[(slice + 16u) * 8u + place] = sum_0_0_1_now_4;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_0_0_now_4;
    for (var other = 1u; other < 16u; other += 1u) {
      let part_value = parts[other * 8u + place];
      total = total + part_value;
    }
    var total_1 = sum_0_0_1_now_4;
    for (var other_1 = 1u; other_1 < 16u; other_1 += 1u) {
      let part_value_1 = parts[(other_1 + 16u) * 8u + place];
      total_1 = total_1 + part_value_1;
    }
    proj_k[column_1 / 4u] = total;
    proj_v[column_1 / 4u] = total_1;
  }
}

// composite_seen_attend
@group(0) @binding(0) var<storage, read> proj_q: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> rotary_128_10000: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> proj_k: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> seen: array<i32>;
@group(0) @binding(4) var<storage, read> position: array<i32>;
@group(0) @binding(5) var<storage, read> proj_v: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> temporal_block_keys: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> temporal_block_values: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> seen_2: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read> count: array<i32>;
var<workgroup> query: array<vec4<f32>, 64>;
var<workgroup> peaks: array<f32, 256>;
var<workgroup> weights: array<f32, 256>;
var<workgroup> own_key: array<vec4<f32>, 64>;
var<workgroup> sums: array<f32, 256>;
var<workgroup> totals: array<vec4<f32>, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  if (lane < 64u) {
    let d = lane * 4u;
    let proj_q_value = proj_q[group.x * 64u + max(d, 128u) / 4u];
    let proj_q_value_1 = proj_q[group.x * 64u + min(max(d, 64u), 124u) / 4u];
    let rotary_128_10000_value = rotary_128_10000[min(max(d, 64u), 124u) / 4u - 16u];
    let proj_q_value_2 = proj_q[group.x * 64u + (min(max(d, 64u), 124u) / 4u - 16u)];
    let rotary_128_10000_value_1 = rotary_128_10000[min(max(d, 64u), 124u) / 4u];
    let proj_q_value_3 = proj_q[group.x * 64u + min(d, 60u) / 4u];
    let rotary_128_10000_value_2 = rotary_128_10000[min(d, 60u) / 4u];
    let proj_q_value_4 = proj_q[group.x * 64u + min(d, 60u) / 4u + 16u];
    let rotary_128_10000_value_3 = rotary_128_10000[min(d, 60u) / 4u + 16u];
    query[d / 4u] = select(select(proj_q_value, proj_q_value_1 * rotary_128_10000_value + proj_q_value_2 * rotary_128_10000_value_1, vec4<bool>(d < 128u)), proj_q_value_3 * rotary_128_10000_value_2 - proj_q_value_4 * rotary_128_10000_value_3, vec4<bool>(d < 64u)) * vec4<f32>(0.0625);
    let proj_k_value = proj_k[max(d, 128u) / 4u];
    let proj_k_value_1 = proj_k[min(max(d, 64u), 124u) / 4u];
    let proj_k_value_2 = proj_k[min(max(d, 64u), 124u) / 4u - 16u];
    let proj_k_value_3 = proj_k[min(d, 60u) / 4u];
    let proj_k_value_4 = proj_k[min(d, 60u) / 4u + 16u];
    own_key[d / 4u] = select(select(proj_k_value, proj_k_value_1 * rotary_128_10000_value + proj_k_value_2 * rotary_128_10000_value_1, vec4<bool>(d < 128u)), proj_k_value_3 * rotary_128_10000_value_2 - proj_k_value_4 * rotary_128_10000_value_3, vec4<bool>(d < 64u));
  }
  workgroupBarrier(); storageBarrier();
  let part = lane / 64u;
  let mine = lane % 64u * 4u;
  let seen_value = seen[0u];
  let newest = seen_value + i32(group.y);
  let position_value = position[0u];
  let place = max(position_value, 0i);
  let oldest = max(newest - min(place, 2048i), 0i);
  let last = newest - 1i;
  var product = vec4<f32>(0.0);
  for (var d_1 = 0u; d_1 < 256u; d_1 += 4u) {
    let own_key_value = own_key[d_1 / 4u];
    let query_value = query[d_1 / 4u];
    product = fma(query_value, own_key_value, product);
  }
  let product_now_1 = product;
  let own_logit = product_now_1.x + product_now_1.y + product_now_1.z + product_now_1.w;
  var own_value = vec4<f32>(0.0);
  if (part == 0u) {
    let proj_v_value = proj_v[mine / 4u];
    own_value = proj_v_value;
  }
  var largest = own_logit;
  var sum = select(0.0, 1.0, part == 0u);
  var total = own_value;
  for (var tile = oldest; tile < last + 1i; tile += 256i) {
    let key = tile + i32(lane);
    let visible = key <= last;
    let slot = u32(min(key, last) % 2176i);
    var product_1 = vec4<f32>(0.0);
    for (var d_2 = 0u; d_2 < 256u; d_2 += 4u) {
      let temporal_block_keys_value = temporal_block_keys[slot * 64u + d_2 / 4u];
      let query_value_1 = query[d_2 / 4u];
      product_1 = fma(query_value_1, temporal_block_keys_value, product_1);
    }
    let product_1_now_1 = product_1;
    let logit = select(-1e+30, product_1_now_1.x + product_1_now_1.y + product_1_now_1.z + product_1_now_1.w, visible);
    peaks[lane] = logit;
    workgroupBarrier(); storageBarrier();
    let largest_now = largest;
    for (var other = 0u; other < 256u; other += 1u) {
      let peaks_value = peaks[other];
      largest = max(largest, peaks_value);
    }
    let largest_now_2 = largest;
    let fade = exp(largest_now - largest_now_2);
    weights[lane] = select(0.0, exp(logit - largest_now_2), visible);
    workgroupBarrier(); storageBarrier();
    sum = sum * fade;
    total = total * vec4<f32>(fade);
    let keys_here = u32(min(last + 1i - tile, 256i));
    for (var other_1 = part; other_1 < keys_here; other_1 += 4u) {
      let weights_value = weights[other_1];
      let slot_1 = u32((tile + i32(other_1)) % 2176i);
      sum = sum + weights_value;
      let temporal_block_values_value = temporal_block_values[slot_1 * 64u + mine / 4u];
      total = fma(temporal_block_values_value, vec4<f32>(weights_value), total);
    }
  }
  let sum_now_2 = sum;
  let total_now_2 = total;
  sums[lane] = sum_now_2;
  totals[part * 64u + mine / 4u] = total_now_2;
  workgroupBarrier(); storageBarrier();
  if (part == 0u) {
    var sum_1 = sum_now_2;
    var total_1 = total_now_2;
    for (var other_2 = 1u; other_2 < 4u; other_2 += 1u) {
      let sums_value = sums[other_2 * 64u + lane % 64u];
      sum_1 = sum_1 + sums_value;
      let totals_value = totals[other_2 * 64u + mine / 4u];
      total_1 = total_1 + totals_value;
    }
    let seen_1 = total_1 / vec4<f32>(sum_1);
    seen_2[group.x * 64u + mine / 4u] = seen_1;
    if (group.x % 10u == 0u) {
      let count_value = count[0u];
      if (0u < u32(count_value)) {
        let proj_k_value_5 = proj_k[max(mine, 128u) / 4u];
        let proj_k_value_6 = proj_k[min(max(mine, 64u), 124u) / 4u];
        let rotary_128_10000_value_4 = rotary_128_10000[min(max(mine, 64u), 124u) / 4u - 16u];
        let proj_k_value_7 = proj_k[min(max(mine, 64u), 124u) / 4u - 16u];
        let rotary_128_10000_value_5 = rotary_128_10000[min(max(mine, 64u), 124u) / 4u];
        let proj_k_value_8 = proj_k[min(mine, 60u) / 4u];
        let rotary_128_10000_value_6 = rotary_128_10000[min(mine, 60u) / 4u];
        let proj_k_value_9 = proj_k[min(mine, 60u) / 4u + 16u];
        let rotary_128_10000_value_7 = rotary_128_10000[min(mine, 60u) / 4u + 16u];
        let new_slot = u32(seen_value) % 2176u;
        let ringWrite = select(select(proj_k_value_5, proj_k_value_6 * rotary_128_10000_value_4 + proj_k_value_7 * rotary_128_10000_value_5, vec4<bool>(mine < 128u)), proj_k_value_8 * rotary_128_10000_value_6 - proj_k_value_9 * rotary_128_10000_value_7, vec4<bool>(mine < 64u));
        temporal_block_keys[new_slot * 64u + mine / 4u] = ringWrite;
        let proj_v_value_1 = proj_v[mine / 4u];
        let new_slot_1 = u32(seen_value) % 2176u;
        temporal_block_values[new_slot_1 * 64u + mine / 4u] = proj_v_value_1;
      }
    }
  }
}

// contract_logits_product
@group(0) @binding(0) var<storage, read> piece_start: array<u32>;
@group(0) @binding(1) var<storage, read> layers: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> final_norm_scale: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> embedding: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> logits_1: array<f32>;
var<workgroup> sum_partials: array<f32, 128>;
var<workgroup> sum_totals: array<f32, 8>;
var<workgroup> rows: array<vec4<f32>, 640>;
var<workgroup> parts: array<f32, 128>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let piece_start_value = piece_start[0u];
  var sum = vec4<f32>(0.0);
  for (var column = lane * 4u; column < 2560u; column += 512u) {
    let layers_value = layers[column / 4u];
    sum = sum + layers_value * layers_value;
  }
  let sum_now_1 = sum;
  let partial = sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w;
  sum_partials[lane] = partial;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_1 = 0.0;
    for (var partial_1 = 0u; partial_1 < 16u; partial_1 += 1u) {
      let sum_partials_value = sum_partials[lane * 16u + partial_1];
      sum_1 = sum_1 + sum_partials_value;
    }
    sum_totals[lane] = sum_1;
  }
  workgroupBarrier();
  var sum_2 = 0.0;
  for (var partial_2 = 0u; partial_2 < 8u; partial_2 += 1u) {
    let sum_totals_value = sum_totals[partial_2];
    sum_2 = sum_2 + sum_totals_value;
  }
  let of_row = inverseSqrt(sum_2 * 0.000390625 + 0.000001);
  // the rows, once for all lanes
  for (var cell = lane * 4u; cell < 2560u; cell += 512u) {
    let layers_value_1 = layers[cell / 4u];
    let final_norm_scale_value = final_norm_scale[cell / 4u];
    let final_norm = layers_value_1 * vec4<f32>(of_row) * (vec4<f32>(1.0) + final_norm_scale_value);
    rows[cell / 4u] = final_norm;
  }
  workgroupBarrier();
  let slice = lane % 32u;
  let place = lane / 32u;
  let position = group.x * 4u + place;
  var sum_0_0 = vec4<f32>(0.0);
  for (var term = slice * 4u; term < 2560u; term += 128u) {
    let left_value = rows[term / 4u];
    let embedding_value = embedding[position * 640u + term / 4u];
    sum_0_0 = fma(left_value, embedding_value, sum_0_0);
  }
  let sum_0_0_now_1 = sum_0_0;
  let sum_3 = sum_0_0_now_1.x + sum_0_0_now_1.y + (sum_0_0_now_1.z + sum_0_0_now_1.w);
  parts[slice * 4u + place] = sum_3;
  workgroupBarrier();
  if (slice == 0u) {
    var total = sum_3;
    for (var other = 1u; other < 32u; other += 1u) {
      let part_value = parts[other * 4u + place];
      total = total + part_value;
    }
    let logits = 30.0 * tanh(min(max(total / 30.0, -10.0), 10.0));
    logits_1[position + piece_start_value] = logits;
  }
}

// sample_token
@group(0) @binding(0) var<storage, read> temperature: array<f32>;
@group(0) @binding(1) var<storage, read> logits: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> topP: array<f32>;
@group(0) @binding(3) var<storage, read> topK: array<u32>;
@group(0) @binding(4) var<storage, read> seed: array<u32>;
@group(0) @binding(5) var<storage, read> draw: array<u32>;
@group(0) @binding(6) var<storage, read_write> token_2: array<i32>;
var<workgroup> sum_partials: array<u32, 256>;
var<workgroup> sum_totals: array<u32, 16>;
var<workgroup> max_partials: array<f32, 256>;
var<workgroup> max_totals: array<f32, 16>;
var<workgroup> sum_partials_1: array<f32, 256>;
var<workgroup> sum_totals_1: array<f32, 16>;
var<workgroup> sum_partials_2: array<f32, 256>;
var<workgroup> sum_totals_2: array<f32, 16>;
var<workgroup> max_partials_1: array<f32, 256>;
var<workgroup> max_totals_1: array<f32, 16>;
var<workgroup> max_partials_2: array<u32, 256>;
var<workgroup> max_totals_2: array<u32, 16>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  let temperature_value = temperature[0u];
  var best = -3.4028234663852886e+38;
  var token = 0u;
  if (temperature_value == 0.0) {
    for (var first = lane * 4u; first < 256000u; first += 1024u) {
      let logits_value = logits[first / 4u];
      let best_now = best;
      let better = best_now < logits_value.x;
      best = select(best_now, logits_value.x, better);
      token = select(token, first, better);
      let token_here = first + 1u;
      let best_now_1 = best;
      let better_1 = best_now_1 < logits_value.y;
      best = select(best_now_1, logits_value.y, better_1);
      token = select(token, token_here, better_1);
      let token_here_1 = first + 2u;
      let best_now_2 = best;
      let better_2 = best_now_2 < logits_value.z;
      best = select(best_now_2, logits_value.z, better_2);
      token = select(token, token_here_1, better_2);
      let token_here_2 = first + 3u;
      let best_now_3 = best;
      let better_3 = best_now_3 < logits_value.w;
      best = select(best_now_3, logits_value.w, better_3);
      token = select(token, token_here_2, better_3);
    }
  } else {
    let topP_value = topP[0u];
    let topK_value = topK[0u];
    var least_by_rank = 0u;
    if (topK_value != 0u && topK_value < 256000u) {
      var threshold = 0u;
      for (var round = 0u; round < 32u; round += 1u) {
        let tried = (threshold | (1u << (31u - round)));
        var count = 0u;
        for (var first_1 = lane * 4u; first_1 < 256000u; first_1 += 1024u) {
          let logits_value_1 = logits[first_1 / 4u];
          let scaled = logits_value_1.x / temperature_value;
          let bits = bitcast<u32>(select(scaled, 0.0, scaled == 0.0));
          let order = select((bits | 2147483648u), (bits ^ 4294967295u), 2147483648u <= bits);
          count = count + select(0u, 1u, tried <= order);
          let scaled_1 = logits_value_1.y / temperature_value;
          let bits_1 = bitcast<u32>(select(scaled_1, 0.0, scaled_1 == 0.0));
          let order_1 = select((bits_1 | 2147483648u), (bits_1 ^ 4294967295u), 2147483648u <= bits_1);
          count = count + select(0u, 1u, tried <= order_1);
          let scaled_2 = logits_value_1.z / temperature_value;
          let bits_2 = bitcast<u32>(select(scaled_2, 0.0, scaled_2 == 0.0));
          let order_2 = select((bits_2 | 2147483648u), (bits_2 ^ 4294967295u), 2147483648u <= bits_2);
          count = count + select(0u, 1u, tried <= order_2);
          let scaled_3 = logits_value_1.w / temperature_value;
          let bits_3 = bitcast<u32>(select(scaled_3, 0.0, scaled_3 == 0.0));
          let order_3 = select((bits_3 | 2147483648u), (bits_3 ^ 4294967295u), 2147483648u <= bits_3);
          count = count + select(0u, 1u, tried <= order_3);
        }
        sum_partials[lane] = count;
        workgroupBarrier();
        if (lane < 16u) {
          var sum = 0u;
          for (var partial = 0u; partial < 16u; partial += 1u) {
            let sum_partials_value = sum_partials[lane * 16u + partial];
            sum = sum + sum_partials_value;
          }
          sum_totals[lane] = sum;
        }
        workgroupBarrier();
        var sum_1 = 0u;
        for (var partial_1 = 0u; partial_1 < 16u; partial_1 += 1u) {
          let sum_totals_value = sum_totals[partial_1];
          sum_1 = sum_1 + sum_totals_value;
        }
        threshold = select(threshold, tried, topK_value <= sum_1);
      }
      least_by_rank = threshold;
    }
    let least_by_rank_now = least_by_rank;
    var least_by_mass = least_by_rank_now;
    if (topP_value < 1.0) {
      var most = -3.4028234663852886e+38;
      for (var first_2 = lane * 4u; first_2 < 256000u; first_2 += 1024u) {
        let logits_value_2 = logits[first_2 / 4u];
        let scaled_4 = logits_value_2.x / temperature_value;
        most = max(most, scaled_4);
        let scaled_5 = logits_value_2.y / temperature_value;
        most = max(most, scaled_5);
        let scaled_6 = logits_value_2.z / temperature_value;
        most = max(most, scaled_6);
        let scaled_7 = logits_value_2.w / temperature_value;
        most = max(most, scaled_7);
      }
      max_partials[lane] = most;
      workgroupBarrier();
      if (lane < 16u) {
        var max_ = -3.4028234663852886e+38;
        for (var partial_2 = 0u; partial_2 < 16u; partial_2 += 1u) {
          let max_partials_value = max_partials[lane * 16u + partial_2];
          max_ = max(max_, max_partials_value);
        }
        max_totals[lane] = max_;
      }
      workgroupBarrier();
      var max_1 = -3.4028234663852886e+38;
      for (var partial_3 = 0u; partial_3 < 16u; partial_3 += 1u) {
        let max_totals_value = max_totals[partial_3];
        max_1 = max(max_1, max_totals_value);
      }
      let max_1_now_1 = max_1;
      var mass = 0.0;
      for (var first_3 = lane * 4u; first_3 < 256000u; first_3 += 1024u) {
        let logits_value_3 = logits[first_3 / 4u];
        let scaled_8 = logits_value_3.x / temperature_value;
        let bits_4 = bitcast<u32>(select(scaled_8, 0.0, scaled_8 == 0.0));
        let order_4 = select((bits_4 | 2147483648u), (bits_4 ^ 4294967295u), 2147483648u <= bits_4);
        mass = mass + select(0.0, exp(scaled_8 - max_1_now_1), least_by_rank_now <= order_4);
        let scaled_9 = logits_value_3.y / temperature_value;
        let bits_5 = bitcast<u32>(select(scaled_9, 0.0, scaled_9 == 0.0));
        let order_5 = select((bits_5 | 2147483648u), (bits_5 ^ 4294967295u), 2147483648u <= bits_5);
        mass = mass + select(0.0, exp(scaled_9 - max_1_now_1), least_by_rank_now <= order_5);
        let scaled_10 = logits_value_3.z / temperature_value;
        let bits_6 = bitcast<u32>(select(scaled_10, 0.0, scaled_10 == 0.0));
        let order_6 = select((bits_6 | 2147483648u), (bits_6 ^ 4294967295u), 2147483648u <= bits_6);
        mass = mass + select(0.0, exp(scaled_10 - max_1_now_1), least_by_rank_now <= order_6);
        let scaled_11 = logits_value_3.w / temperature_value;
        let bits_7 = bitcast<u32>(select(scaled_11, 0.0, scaled_11 == 0.0));
        let order_7 = select((bits_7 | 2147483648u), (bits_7 ^ 4294967295u), 2147483648u <= bits_7);
        mass = mass + select(0.0, exp(scaled_11 - max_1_now_1), least_by_rank_now <= order_7);
      }
      sum_partials_1[lane] = mass;
      workgroupBarrier();
      if (lane < 16u) {
        var sum_2 = 0.0;
        for (var partial_4 = 0u; partial_4 < 16u; partial_4 += 1u) {
          let sum_partials_1_value = sum_partials_1[lane * 16u + partial_4];
          sum_2 = sum_2 + sum_partials_1_value;
        }
        sum_totals_1[lane] = sum_2;
      }
      workgroupBarrier();
      var sum_3 = 0.0;
      for (var partial_5 = 0u; partial_5 < 16u; partial_5 += 1u) {
        let sum_totals_1_value = sum_totals_1[partial_5];
        sum_3 = sum_3 + sum_totals_1_value;
      }
      let needed = sum_3 * topP_value;
      var threshold_1 = 0u;
      for (var round_1 = 0u; round_1 < 32u; round_1 += 1u) {
        let tried_1 = (threshold_1 | (1u << (31u - round_1)));
        let from_ = max(tried_1, least_by_rank_now);
        var mass_1 = 0.0;
        for (var first_4 = lane * 4u; first_4 < 256000u; first_4 += 1024u) {
          let logits_value_4 = logits[first_4 / 4u];
          let scaled_12 = logits_value_4.x / temperature_value;
          let bits_8 = bitcast<u32>(select(scaled_12, 0.0, scaled_12 == 0.0));
          let order_8 = select((bits_8 | 2147483648u), (bits_8 ^ 4294967295u), 2147483648u <= bits_8);
          mass_1 = mass_1 + select(0.0, exp(scaled_12 - max_1_now_1), from_ <= order_8);
          let scaled_13 = logits_value_4.y / temperature_value;
          let bits_9 = bitcast<u32>(select(scaled_13, 0.0, scaled_13 == 0.0));
          let order_9 = select((bits_9 | 2147483648u), (bits_9 ^ 4294967295u), 2147483648u <= bits_9);
          mass_1 = mass_1 + select(0.0, exp(scaled_13 - max_1_now_1), from_ <= order_9);
          let scaled_14 = logits_value_4.z / temperature_value;
          let bits_10 = bitcast<u32>(select(scaled_14, 0.0, scaled_14 == 0.0));
          let order_10 = select((bits_10 | 2147483648u), (bits_10 ^ 4294967295u), 2147483648u <= bits_10);
          mass_1 = mass_1 + select(0.0, exp(scaled_14 - max_1_now_1), from_ <= order_10);
          let scaled_15 = logits_value_4.w / temperature_value;
          let bits_11 = bitcast<u32>(select(scaled_15, 0.0, scaled_15 == 0.0));
          let order_11 = select((bits_11 | 2147483648u), (bits_11 ^ 4294967295u), 2147483648u <= bits_11);
          mass_1 = mass_1 + select(0.0, exp(scaled_15 - max_1_now_1), from_ <= order_11);
        }
        sum_partials_2[lane] = mass_1;
        workgroupBarrier();
        if (lane < 16u) {
          var sum_4 = 0.0;
          for (var partial_6 = 0u; partial_6 < 16u; partial_6 += 1u) {
            let sum_partials_2_value = sum_partials_2[lane * 16u + partial_6];
            sum_4 = sum_4 + sum_partials_2_value;
          }
          sum_totals_2[lane] = sum_4;
        }
        workgroupBarrier();
        var sum_5 = 0.0;
        for (var partial_7 = 0u; partial_7 < 16u; partial_7 += 1u) {
          let sum_totals_2_value = sum_totals_2[partial_7];
          sum_5 = sum_5 + sum_totals_2_value;
        }
        threshold_1 = select(threshold_1, tried_1, needed <= sum_5);
      }
      let bits_12 = bitcast<u32>(select(max_1_now_1, 0.0, max_1_now_1 == 0.0));
      let order_12 = select((bits_12 | 2147483648u), (bits_12 ^ 4294967295u), 2147483648u <= bits_12);
      least_by_mass = min(max(threshold_1, least_by_rank_now), order_12);
    }
    let least_by_mass_now = least_by_mass;
    let seed_value = seed[0u];
    let draw_value = draw[0u];
    for (var first_5 = lane * 4u; first_5 < 256000u; first_5 += 1024u) {
      var key_0 = seed_value;
      var key_1 = 0u;
      var counter_0 = (first_5 >> 2u);
      var counter_1 = draw_value;
      var counter_2 = 0u;
      var counter_3 = 1165587049u;
      for (var turn = 0u; turn < 10u; turn += 1u) {
        let counter_0_now = counter_0;
        let counter_2_now = counter_2;
        let low = (counter_0_now & 65535u);
        let high = (counter_0_now >> 16u);
        let low_high = low * 53841u;
        let high_low = high * 8019u;
        let product_high = high * 53841u + (low_high >> 16u) + (high_low >> 16u) + ((((low * 8019u) >> 16u) + (low_high & 65535u) + (high_low & 65535u)) >> 16u);
        let product_low = counter_0_now * 3528531795u;
        let low_1 = (counter_2_now & 65535u);
        let high_1 = (counter_2_now >> 16u);
        let low_high_1 = low_1 * 52638u;
        let high_low_1 = high_1 * 36183u;
        let product_high_1 = high_1 * 52638u + (low_high_1 >> 16u) + (high_low_1 >> 16u) + ((((low_1 * 36183u) >> 16u) + (low_high_1 & 65535u) + (high_low_1 & 65535u)) >> 16u);
        let product_low_1 = counter_2_now * 3449720151u;
        counter_0 = ((product_high_1 ^ counter_1) ^ key_0);
        counter_1 = product_low_1;
        counter_2 = ((product_high ^ counter_3) ^ key_1);
        counter_3 = product_low;
        key_0 = key_0 + 2654435769u;
        key_1 = key_1 + 3144134277u;
      }
      let draw_bits = (counter_0 >> 8u);
      let one_less_u = (f32(16777215u - draw_bits) + 0.5) * 5.9604645e-8;
      let minus_log = select(-log(select(1.0 - one_less_u, (f32(draw_bits) + 0.5) * 5.9604645e-8, draw_bits < 8388608u)), (((((0.0 * one_less_u + 0.2) * one_less_u + 0.25) * one_less_u + 0.33333334) * one_less_u + 0.5) * one_less_u + 1.0) * one_less_u, one_less_u < 0.03125);
      let gumbel = -log(minus_log);
      let draw_bits_1 = (counter_1 >> 8u);
      let one_less_u_1 = (f32(16777215u - draw_bits_1) + 0.5) * 5.9604645e-8;
      let minus_log_1 = select(-log(select(1.0 - one_less_u_1, (f32(draw_bits_1) + 0.5) * 5.9604645e-8, draw_bits_1 < 8388608u)), (((((0.0 * one_less_u_1 + 0.2) * one_less_u_1 + 0.25) * one_less_u_1 + 0.33333334) * one_less_u_1 + 0.5) * one_less_u_1 + 1.0) * one_less_u_1, one_less_u_1 < 0.03125);
      let gumbel_1 = -log(minus_log_1);
      let draw_bits_2 = (counter_2 >> 8u);
      let one_less_u_2 = (f32(16777215u - draw_bits_2) + 0.5) * 5.9604645e-8;
      let minus_log_2 = select(-log(select(1.0 - one_less_u_2, (f32(draw_bits_2) + 0.5) * 5.9604645e-8, draw_bits_2 < 8388608u)), (((((0.0 * one_less_u_2 + 0.2) * one_less_u_2 + 0.25) * one_less_u_2 + 0.33333334) * one_less_u_2 + 0.5) * one_less_u_2 + 1.0) * one_less_u_2, one_less_u_2 < 0.03125);
      let gumbel_2 = -log(minus_log_2);
      let draw_bits_3 = (counter_3 >> 8u);
      let one_less_u_3 = (f32(16777215u - draw_bits_3) + 0.5) * 5.9604645e-8;
      let minus_log_3 = select(-log(select(1.0 - one_less_u_3, (f32(draw_bits_3) + 0.5) * 5.9604645e-8, draw_bits_3 < 8388608u)), (((((0.0 * one_less_u_3 + 0.2) * one_less_u_3 + 0.25) * one_less_u_3 + 0.33333334) * one_less_u_3 + 0.5) * one_less_u_3 + 1.0) * one_less_u_3, one_less_u_3 < 0.03125);
      let gumbel_3 = -log(minus_log_3);
      let logits_value_5 = logits[first_5 / 4u];
      let scaled_16 = logits_value_5.x / temperature_value;
      let noisy = scaled_16 + gumbel;
      let bits_13 = bitcast<u32>(select(scaled_16, 0.0, scaled_16 == 0.0));
      let order_13 = select((bits_13 | 2147483648u), (bits_13 ^ 4294967295u), 2147483648u <= bits_13);
      let best_now_4 = best;
      let better_4 = least_by_mass_now <= order_13 && best_now_4 < noisy;
      best = select(best_now_4, noisy, better_4);
      token = select(token, first_5, better_4);
      let token_here_15 = first_5 + 1u;
      let scaled_17 = logits_value_5.y / temperature_value;
      let noisy_1 = scaled_17 + gumbel_1;
      let bits_14 = bitcast<u32>(select(scaled_17, 0.0, scaled_17 == 0.0));
      let order_14 = select((bits_14 | 2147483648u), (bits_14 ^ 4294967295u), 2147483648u <= bits_14);
      let best_now_5 = best;
      let better_5 = least_by_mass_now <= order_14 && best_now_5 < noisy_1;
      best = select(best_now_5, noisy_1, better_5);
      token = select(token, token_here_15, better_5);
      let token_here_16 = first_5 + 2u;
      let scaled_18 = logits_value_5.z / temperature_value;
      let noisy_2 = scaled_18 + gumbel_2;
      let bits_15 = bitcast<u32>(select(scaled_18, 0.0, scaled_18 == 0.0));
      let order_15 = select((bits_15 | 2147483648u), (bits_15 ^ 4294967295u), 2147483648u <= bits_15);
      let best_now_6 = best;
      let better_6 = least_by_mass_now <= order_15 && best_now_6 < noisy_2;
      best = select(best_now_6, noisy_2, better_6);
      token = select(token, token_here_16, better_6);
      let token_here_17 = first_5 + 3u;
      let scaled_19 = logits_value_5.w / temperature_value;
      let noisy_3 = scaled_19 + gumbel_3;
      let bits_16 = bitcast<u32>(select(scaled_19, 0.0, scaled_19 == 0.0));
      let order_16 = select((bits_16 | 2147483648u), (bits_16 ^ 4294967295u), 2147483648u <= bits_16);
      let best_now_7 = best;
      let better_7 = least_by_mass_now <= order_16 && best_now_7 < noisy_3;
      best = select(best_now_7, noisy_3, better_7);
      token = select(token, token_here_17, better_7);
    }
  }
  max_partials_1[lane] = best;
  workgroupBarrier();
  if (lane < 16u) {
    var max_2 = -3.4028234663852886e+38;
    for (var partial_8 = 0u; partial_8 < 16u; partial_8 += 1u) {
      let max_partials_1_value = max_partials_1[lane * 16u + partial_8];
      max_2 = max(max_2, max_partials_1_value);
    }
    max_totals_1[lane] = max_2;
  }
  workgroupBarrier();
  var max_3 = -3.4028234663852886e+38;
  for (var partial_9 = 0u; partial_9 < 16u; partial_9 += 1u) {
    let max_totals_1_value = max_totals_1[partial_9];
    max_3 = max(max_3, max_totals_1_value);
  }
  let from_end = select(0u, 256000u - token, best == max_3);
  max_partials_2[lane] = from_end;
  workgroupBarrier();
  if (lane < 16u) {
    var max_4 = 0u;
    for (var partial_10 = 0u; partial_10 < 16u; partial_10 += 1u) {
      let max_partials_2_value = max_partials_2[lane * 16u + partial_10];
      max_4 = max(max_4, max_partials_2_value);
    }
    max_totals_2[lane] = max_4;
  }
  workgroupBarrier();
  var max_5 = 0u;
  for (var partial_11 = 0u; partial_11 < 16u; partial_11 += 1u) {
    let max_totals_2_value = max_totals_2[partial_11];
    max_5 = max(max_5, max_totals_2_value);
  }
  let max_5_now_1 = max_5;
  if (lane == 0u) {
    let token_1 = i32(256000u - max(max_5_now_1, 1u));
    token_2[0u] = token_1;
  }
}

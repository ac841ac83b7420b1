// Names, then shapes, then numbers: a mistake is told before anything dear is done.
#include "weights.h"
#include <algorithm>
#include <iterator>
#include "checkpoint.h"
#include "failure.h"
#include "numbers.h"
#include "plan.h"
#include "quantized.h"
#include "quantized_file.h"

namespace eyrie {

namespace {

using Shape = std::vector<uint64_t>;

Shape shape_of(List<uint64_t> sizes) { return Shape(sizes.begin(), sizes.end()); }

// A parameter's place in the file, and the [rows, columns] matrices in it that are transposed (0:
// as they are).
struct Found {
  Home home;
  uint64_t from, count, rows, columns;
};

// How the parameters are found under one set of names, and what is missing.
struct Search {
  std::vector<Origin> origins;
  std::vector<std::string> missing;
};

Search search(const Checkpoint &file, const NameTable *table) {
  Search result;
  for (size_t i = 0; i < plan.parameters.size; i++) {
    const Origin own{plan.parameters[i].name, -1, false};
    const List<Origin> choices = table ? table->origins[i] : List<Origin>{&own, 1};
    const Origin *found = std::find_if(choices.begin(), choices.end(), [&](const Origin &origin) {
      return file.find(origin.tensor) != nullptr;
    });
    if (found != choices.end())
      result.origins.push_back(*found);
    else
      result.missing.push_back(choices.size > 0 ? choices[0].tensor : plan.parameters[i].name);
  }
  return result;
}

std::string lacks(const char *table, const std::vector<std::string> &missing) {
  std::string words =
      table ? "under the names \"" + std::string(table) + "\"" : "under the model's own names";
  words += " it lacks ";
  for (size_t i = 0; i < missing.size() && i < 3; i++) words += (i > 0 ? ", " : "") + missing[i];
  if (missing.size() > 3) words += " and " + std::to_string(missing.size() - 3) + " more";
  return words;
}

// The model's own names, else the first table under which the file has every parameter.
std::vector<Origin> choose_names(const Checkpoint &file, std::string &names) {
  Search best = search(file, nullptr);
  const char *best_name = nullptr;
  for (size_t i = 0; !best.missing.empty() && i < plan.names.size; i++) {
    Search next = search(file, &plan.names[i]);
    if (next.missing.size() >= best.missing.size()) continue;
    best = std::move(next);
    best_name = plan.names[i].name;
  }
  if (!best.missing.empty())
    fail("%s does not hold this model's parameters: %s; check the file and the model's settings",
         file.path().c_str(), lacks(best_name, best.missing).c_str());
  names = best_name ? best_name : "own";
  return best.origins;
}

Shape without_ones(const Shape &shape) {
  Shape kept;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(kept),
               [](uint64_t size) { return size != 1; });
  return kept;
}

Shape placed(Shape shape, bool transpose) {
  if (transpose && shape.size() >= 2) std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  return shape;
}

[[noreturn]] void misfit(const Checkpoint &file, const Origin &origin, const Parameter &parameter,
                         const StoredTensor &tensor, const char *what) {
  const std::string part = origin.index < 0 ? "" : "[" + std::to_string(origin.index) + "]";
  fail("%s: \"%s\"%s of shape %s%s %s: the parameter %s has shape %s; check the model's settings",
       file.path().c_str(), origin.tensor, part.c_str(), shape_text(tensor.shape).c_str(),
       origin.transpose ? ", transposed," : "", what, parameter.name,
       shape_text(shape_of(parameter.shape)).c_str());
}

// Checks that the stored tensor is the parameter in another layout: a part of it, axes of size one
// dropped, last two swapped.
Found place(const Checkpoint &file, const Origin &origin, const Parameter &parameter) {
  const Home &home = *file.find(origin.tensor);
  const StoredTensor &tensor = *home.tensor;
  if (tensor.type != Stored::F32 && tensor.type != Stored::F16 && tensor.type != Stored::BF16)
    misfit(file, origin, parameter, tensor, "holds whole numbers");
  Shape taken = tensor.shape;
  if (origin.index >= 0) {
    if (taken.empty() || (uint64_t)origin.index >= taken[0])
      misfit(file, origin, parameter, tensor, "has no such part");
    taken.erase(taken.begin());
  }
  const uint64_t count = elements_of(taken);
  const Shape wanted = shape_of(parameter.shape);
  // The shape as stored wins over the one without ones: an axis of one block is no axis of one
  // channel.
  Shape axes = taken;
  if (placed(taken, origin.transpose) != wanted) {
    axes = without_ones(taken);
    if (placed(axes, origin.transpose) != without_ones(wanted))
      misfit(file, origin, parameter, tensor, "does not fit");
  }
  Found found{home, origin.index < 0 ? 0 : (uint64_t)origin.index * count, count, 0, 0};
  if (origin.transpose && axes.size() >= 2) {
    found.rows = axes[axes.size() - 2];
    found.columns = axes[axes.size() - 1];
  }
  return found;
}

std::vector<float> read_floats(const Found &found) {
  const auto &[file, tensor] = found.home;
  std::vector<float> values(found.count);
  if (tensor->type == Stored::F32) {
    file->read(*tensor, found.from, found.count, values.data());
    return values;
  }
  std::vector<uint16_t> halves(found.count);
  file->read(*tensor, found.from, found.count, halves.data());
  const auto widen = tensor->type == Stored::F16 ? widen_f16 : widen_bf16;
  std::transform(halves.begin(), halves.end(), values.begin(), widen);
  return values;
}

// Each [rows, columns] matrix transposed, in tiles that stay in cache.
std::vector<float> transposed(const std::vector<float> &values, uint64_t rows, uint64_t columns) {
  constexpr uint64_t tile = 32;
  std::vector<float> result(values.size());
  for (uint64_t base = 0; base < values.size(); base += rows * columns)
    for (uint64_t row0 = 0; row0 < rows; row0 += tile)
      for (uint64_t column0 = 0; column0 < columns; column0 += tile)
        for (uint64_t row = row0; row < std::min(rows, row0 + tile); row++)
          for (uint64_t column = column0; column < std::min(columns, column0 + tile); column++)
            result[base + column * rows + row] = values[base + row * columns + column];
  return result;
}

// The numbers as device memory holds them.
std::vector<unsigned char> converted(const std::vector<float> &values, Type type, size_t bytes) {
  std::vector<unsigned char> memory(bytes, 0);
  for (size_t i = 0; i < values.size(); i++) {
    const float value = values[i];
    if (type == Type::f16 || type == Type::bf16) {
      const uint16_t half = type == Type::f16 ? narrow_f16(value) : narrow_bf16(value);
      memcpy(&memory[2 * i], &half, sizeof half);
      continue;
    }
    const uint32_t word = type == Type::f32   ? bits_of(value)
                          : type == Type::i32 ? (uint32_t)(int32_t)value
                          : type == Type::u32 ? (uint32_t)value
                                              : (uint32_t)(value != 0);
    memcpy(&memory[4 * i], &word, sizeof word);
  }
  return memory;
}

void upload(const Buffer &buffer, const std::vector<float> &values, const Weight &weight,
            const Stream &stream) {
  const Shape shape = shape_of(plan.parameters[weight.parameter].shape);
  const std::vector<float> part =
      weight.cut ? cut(values, shape, weight.axis, weight.start, weight.size)
                 : std::vector<float>();
  const std::vector<float> &numbers = weight.cut ? part : values;
  if (weight.type == Type::f32) {
    buffer.upload(numbers.data(), numbers.size() * sizeof(float), stream);
    stream.wait();
    return;
  }
  const std::vector<unsigned char> memory = converted(numbers, weight.type, weight.bytes);
  buffer.upload(memory.data(), memory.size(), stream);
  stream.wait();
}

void upload_quantized(const Buffer &buffer, const Quantized &whole, const Weight &weight,
                      const Stream &stream) {
  const Parameter &parameter = plan.parameters[weight.parameter];
  const std::vector<unsigned char> memory = packed(whole, shape_of(parameter.shape), weight);
  buffer.upload(memory.data(), memory.size(), stream);
  stream.wait();
}

// The buffers of one parameter, all of which hold the numbers of `values`; they are quantised once.
void upload_all(const Weights &loaded, size_t parameter, const std::vector<float> &values,
                const Stream &stream) {
  Quantized quantized;
  for (size_t w = 0; w < plan.weights.size; w++) {
    const Weight &weight = plan.weights[w];
    if (weight.parameter != parameter) continue;
    if (weight.quantized.bits == 0) {
      upload(loaded.buffers[w], values, weight, stream);
      continue;
    }
    const Parameter &of = plan.parameters[parameter];
    if (quantized.values.empty())
      quantized = quantize(values, shape_of(of.shape), weight.quantized, of.name);
    upload_quantized(loaded.buffers[w], quantized, weight, stream);
  }
}

// A parameter that the file holds quantised, for all its buffers.
void upload_ready(const Weights &loaded, size_t parameter, const QuantizedFile &file,
                  const Stream &stream) {
  const Parameter &of = plan.parameters[parameter];
  Quantized quantized;
  for (size_t w = 0; w < plan.weights.size; w++) {
    const Weight &weight = plan.weights[w];
    if (weight.parameter != parameter) continue;
    if (quantized.values.empty())
      quantized = file.read(of.name, shape_of(of.shape), weight.quantized);
    upload_quantized(loaded.buffers[w], quantized, weight, stream);
  }
}

}  // namespace

Weights load_weights(const std::string &path, const Stream &stream) {
  const Checkpoint file(path);
  Weights loaded;
  const std::vector<Origin> origins = choose_names(file, loaded.names);
  const QuantizedFile quantized(file);
  std::vector<Found> found;
  for (size_t i = 0; i < origins.size(); i++)
    found.push_back(quantized.holds(plan.parameters[i].name)
                        ? Found{}
                        : place(file, origins[i], plan.parameters[i]));
  for (const Weight &weight : plan.weights)
    loaded.buffers.emplace_back(weight.bytes, plan.parameters[weight.parameter].name);
  for (size_t i = 0; i < found.size(); i++) {
    const auto reads = [i](const Weight &weight) { return weight.parameter == i; };
    if (std::none_of(plan.weights.begin(), plan.weights.end(), reads)) continue;
    if (quantized.holds(plan.parameters[i].name)) {
      upload_ready(loaded, i, quantized, stream);
      continue;
    }
    std::vector<float> values = read_floats(found[i]);
    if (found[i].rows > 1 && found[i].columns > 1)
      values = transposed(values, found[i].rows, found[i].columns);
    upload_all(loaded, i, values, stream);
  }
  return loaded;
}

}  // namespace eyrie

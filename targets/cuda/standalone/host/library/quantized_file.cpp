// int8: a tensor of I8 in the parameter's shape; int4: U8 with two numbers a byte along the last
// axis, the earlier one in the lower half. Scales are F32 under the name with ".scales".
#include "quantized_file.h"
#include "failure.h"
#include "json.h"

namespace eyrie {

namespace {

constexpr uint64_t group_size = 32;

std::vector<int8_t> unpaired(const std::vector<uint8_t> &bytes, uint64_t row, uint64_t count) {
  std::vector<int8_t> values(count);
  const uint64_t in_row = (row + 1) / 2;
  for (uint64_t i = 0; i < count; i++) {
    const uint64_t column = i % row;
    const uint8_t byte = bytes[i / row * in_row + column / 2];
    const int half = column % 2 ? byte >> 4 : byte & 15;
    values[i] = (int8_t)(half < 8 ? half : half - 16);
  }
  return values;
}

}  // namespace

QuantizedFile::QuantizedFile(const Checkpoint &file) : file_(file) {
  const std::string *text = file.metadata("quantization");
  if (!text) return;
  const Json said = read_json(*text, file.path() + ": the metadata \"quantization\"");
  const Json *precision = said.field("precision"), *group = said.field("group"),
             *axes = said.field("axes");
  uint64_t size = 0;
  const bool whole = precision && (precision->text == "int8" || precision->text == "int4") &&
                     group && group->whole(size) && size == group_size && axes &&
                     axes->kind == Json::Kind::object;
  if (!whole)
    fail(
        "%s: the metadata \"quantization\" needs a precision (int8 or int4), a group of 32 and "
        "axes; write the file again with eyrie quantize",
        file.path().c_str());
  precision_ = precision->text;
  for (const auto &[name, axis] : axes->fields) {
    uint64_t value = 0;
    if (!axis.whole(value))
      fail("%s: the metadata \"quantization\" gives \"%s\" no axis", file.path().c_str(),
           name.c_str());
    axes_[name] = value;
  }
}

template <class T>
std::vector<T> QuantizedFile::tensor(const std::string &name, Stored type,
                                     const std::vector<uint64_t> &shape) const {
  const Home *home = file_.find(name);
  if (!home || home->tensor->type != type || home->tensor->shape != shape)
    fail("%s: \"%s\" must be %s %s; check the model's settings, or write the file again with eyrie "
         "quantize",
         file_.path().c_str(), name.c_str(), stored_name(type), shape_text(shape).c_str());
  std::vector<T> numbers(elements_of(shape));
  home->file->read(*home->tensor, 0, numbers.size(), numbers.data());
  return numbers;
}

Quantized QuantizedFile::read(const std::string &name, const std::vector<uint64_t> &shape,
                              const Quantization &how) const {
  const unsigned bits = precision_ == "int8" ? 8 : 4;
  if (how.bits != bits || how.axis != axes_.at(name))
    fail("%s holds weights in %s; compile with --precision %s, or give the checkpoint that it was "
         "made from",
         file_.path().c_str(), precision_.c_str(), precision_.c_str());
  Quantized read;
  read.scales = tensor<float>(name + ".scales", Stored::F32, scales_shape(shape, how));
  if (bits == 8) {
    read.values = tensor<int8_t>(name, Stored::I8, shape);
    return read;
  }
  std::vector<uint64_t> pairs = shape;
  pairs.back() = (pairs.back() + 1) / 2;
  const std::vector<uint8_t> bytes = tensor<uint8_t>(name, Stored::U8, pairs);
  read.values = unpaired(bytes, shape.back(), elements_of(shape));
  return read;
}

}  // namespace eyrie

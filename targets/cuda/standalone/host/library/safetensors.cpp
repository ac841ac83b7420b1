// Reads safetensors files: the header's length in 8 bytes, the header as JSON, then the tensors
// without holes.
#include "safetensors.h"
#include <algorithm>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "failure.h"
#include "json.h"

namespace eyrie {

namespace {

struct StoredType {
  const char *name;
  size_t bytes;
};
const StoredType types[] = {{"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"I8", 1}, {"U8", 1}};

constexpr uint64_t longest_header = 100'000'000;

Stored type_of(const std::string &file, const std::string &name, const std::string &type) {
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (type == types[i].name) return (Stored)i;
  fail(
      "%s: tensor \"%s\" is stored as %s, which is not read; convert it to one of F32, F16, BF16, "
      "I32, U32, I8, U8",
      file.c_str(), name.c_str(), type.c_str());
}

// One entry of the header; its end, from the start of the data, is checked against the bytes that
// its shape takes.
StoredTensor read_entry(const std::string &file, const std::string &name, const Json &entry) {
  const Json *type = entry.field("dtype"), *shape = entry.field("shape"),
             *offsets = entry.field("data_offsets");
  const bool whole = type && type->kind == Json::Kind::text && shape &&
                     shape->kind == Json::Kind::array && offsets &&
                     offsets->kind == Json::Kind::array && offsets->items.size() == 2 &&
                     entry.fields.size() == 3;
  uint64_t from = 0, to = 0;
  if (!whole || !offsets->items[0].whole(from) || !offsets->items[1].whole(to))
    fail("%s: tensor \"%s\" needs a dtype, a shape and two data_offsets, and nothing else",
         file.c_str(), name.c_str());
  StoredTensor tensor{type_of(file, name, type->text), {}, from};
  const char *dtype = stored_name(tensor.type);
  uint64_t elements = 1;
  for (const Json &item : shape->items) {
    uint64_t size = 0;
    if (!item.whole(size))
      fail("%s: tensor \"%s\" has a size that is no whole number", file.c_str(), name.c_str());
    tensor.shape.push_back(size);
    if (__builtin_mul_overflow(elements, size, &elements) || elements > (1ull << 53))
      fail("%s: tensor \"%s\" is larger than any file", file.c_str(), name.c_str());
  }
  const uint64_t needed = elements * stored_bytes(tensor.type);
  if (to < from || to - from != needed)
    fail("%s: tensor \"%s\" has the bytes %llu to %llu, but %s %s takes %llu", file.c_str(),
         name.c_str(), (unsigned long long)from, (unsigned long long)to, dtype,
         shape_text(tensor.shape).c_str(), (unsigned long long)needed);
  return tensor;
}

}  // namespace

const char *stored_name(Stored type) { return types[(size_t)type].name; }
size_t stored_bytes(Stored type) { return types[(size_t)type].bytes; }

std::string shape_text(const std::vector<uint64_t> &shape) {
  std::string text;
  for (const uint64_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

uint64_t elements_of(const std::vector<uint64_t> &shape) {
  uint64_t product = 1;
  for (const uint64_t size : shape) product *= size;
  return product;
}

SafetensorsFile::SafetensorsFile(const std::string &path) : path_(path) {
  file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (file_ < 0 || fstat(file_, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    const int code = file_ < 0 ? errno : EISDIR;
    if (file_ >= 0) close(file_);
    fail("%s cannot be read (%s); give the path of a .safetensors file", path.c_str(),
         file_ < 0 ? strerror(code) : "it is not a file");
  }
  size_ = (uint64_t)facts.st_size;
  try {
    read_header();
  } catch (...) {
    close(file_);
    throw;
  }
}

SafetensorsFile::~SafetensorsFile() { close(file_); }

const StoredTensor *SafetensorsFile::find(const std::string &name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

void SafetensorsFile::read_bytes(uint64_t from, void *to, uint64_t bytes) const {
  for (uint64_t done = 0; done < bytes;) {
    const uint64_t step = std::min<uint64_t>(bytes - done, 1u << 30);
    const ssize_t read = pread(file_, (char *)to + done, step, (off_t)(from + done));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail("%s cannot be read (%s)", path_.c_str(), strerror(errno));
    if (read == 0) fail("%s ended while it was read; was it changed?", path_.c_str());
    done += (uint64_t)read;
  }
}

void SafetensorsFile::read(const StoredTensor &tensor, uint64_t from, uint64_t count,
                           void *to) const {
  const size_t bytes = stored_bytes(tensor.type);
  read_bytes(tensor.offset + from * bytes, to, count * bytes);
}

void SafetensorsFile::read_header() {
  const char *file = path_.c_str();
  if (size_ < 8)
    fail(
        "%s has %llu bytes, fewer than the 8 of a header length; it is not a whole safetensors "
        "file",
        file, (unsigned long long)size_);
  unsigned char start[8];
  read_bytes(0, start, sizeof start);
  uint64_t length = 0;
  for (int i = 7; i >= 0; i--) length = length << 8 | start[i];
  if (length > longest_header || 8 + length > size_)
    fail(
        "%s: the header says %llu bytes, and the file has %llu; it is not a whole safetensors file",
        file, (unsigned long long)length, (unsigned long long)size_);
  std::string text(length, '\0');
  read_bytes(8, &text[0], length);
  const Json header = read_json(text, path_ + ": the header");
  if (header.kind != Json::Kind::object)
    fail("%s: the header is no JSON object; it is not a safetensors file", file);
  for (const auto &[name, entry] : header.fields) {
    if (name == "__metadata__") {
      for (const auto &[key, value] : entry.fields) {
        if (value.kind != Json::Kind::text)
          fail("%s: the metadata \"%s\" is no text", file, key.c_str());
        metadata_[key] = value.text;
      }
      continue;
    }
    StoredTensor tensor = read_entry(path_, name, entry);
    tensors_.emplace(name, std::move(tensor));
  }
  check_layout(size_ - 8 - length);
  for (auto &[name, tensor] : tensors_) tensor.offset += 8 + length;
}

// Together the tensors fill the data exactly, without holes and without sharing.
void SafetensorsFile::check_layout(uint64_t data_bytes) const {
  struct Range {
    uint64_t from, to;
    const char *name;
  };
  std::vector<Range> ranges;
  for (const auto &[name, tensor] : tensors_) {
    const uint64_t bytes = elements_of(tensor.shape) * stored_bytes(tensor.type);
    ranges.push_back({tensor.offset, tensor.offset + bytes, name.c_str()});
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range &a, const Range &b) {
    return a.from != b.from ? a.from < b.from : a.to < b.to;
  });
  uint64_t filled = 0;
  for (const Range &range : ranges) {
    if (range.to > data_bytes)
      fail(
          "%s: tensor \"%s\" ends at byte %llu of the data, but the file holds only %llu; it may "
          "be cut short",
          path_.c_str(), range.name, (unsigned long long)range.to, (unsigned long long)data_bytes);
    if (range.from != filled)
      fail("%s: tensor \"%s\" starts at byte %llu of the data, but the one before it ends at %llu",
           path_.c_str(), range.name, (unsigned long long)range.from, (unsigned long long)filled);
    filled = range.to;
  }
  if (filled != data_bytes)
    fail("%s: %llu bytes after the last tensor belong to nothing", path_.c_str(),
         (unsigned long long)(data_bytes - filled));
}

}  // namespace eyrie

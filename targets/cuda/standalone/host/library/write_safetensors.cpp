// Writes safetensors files, each whole or not at all.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "failure.h"
#include "json.h"
#include "safetensors.h"

namespace eyrie {

namespace {

std::string header_of(const std::vector<std::pair<std::string, std::string>> &metadata,
                      const std::vector<TensorToWrite> &tensors) {
  std::string text = "{\"__metadata__\":{";
  for (size_t i = 0; i < metadata.size(); i++)
    text += (i > 0 ? "," : "") + json_text(metadata[i].first) + ":" + json_text(metadata[i].second);
  text += "}";
  uint64_t offset = 0;
  for (const TensorToWrite &tensor : tensors) {
    const uint64_t end = offset + elements_of(tensor.shape) * stored_bytes(tensor.type);
    text += "," + json_text(tensor.name) + ":{\"dtype\":\"" + stored_name(tensor.type) +
            "\",\"shape\":" + shape_text(tensor.shape) + ",\"data_offsets\":[" +
            std::to_string(offset) + "," + std::to_string(end) + "]}";
    offset = end;
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

bool write_all(int file, const void *data, uint64_t bytes) {
  for (uint64_t done = 0; done < bytes;) {
    const ssize_t written = write(file, (const char *)data + done, bytes - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += (uint64_t)written;
  }
  return true;
}

bool write_parts(int file, const std::string &header, const std::vector<TensorToWrite> &tensors) {
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)header.size() >> (8 * i));
  if (!write_all(file, length, sizeof length) || !write_all(file, header.data(), header.size()))
    return false;
  for (const TensorToWrite &tensor : tensors)
    if (!write_all(file, tensor.data, elements_of(tensor.shape) * stored_bytes(tensor.type)))
      return false;
  return fsync(file) == 0;
}

}  // namespace

void write_safetensors(const std::string &path,
                       const std::vector<std::pair<std::string, std::string>> &metadata,
                       const std::vector<TensorToWrite> &tensors) {
  const std::string header = header_of(metadata, tensors);
  std::string partial = path + ".XXXXXX";
  const int file = mkostemp(&partial[0], O_CLOEXEC);
  if (file < 0) fail("%s cannot be written (%s); check the path", path.c_str(), strerror(errno));
  const bool whole = write_parts(file, header, tensors) && fchmod(file, 0644) == 0;
  const int code = errno;
  close(file);
  if (whole && rename(partial.c_str(), path.c_str()) == 0) return;
  const int why = whole ? errno : code;
  unlink(partial.c_str());
  fail("%s cannot be written (%s); check the path and the space on the disk", path.c_str(),
       strerror(why));
}

}  // namespace eyrie

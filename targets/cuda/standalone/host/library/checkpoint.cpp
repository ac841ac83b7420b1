// Opens a checkpoint; where there is an index, it and the files must tell the same story.
#include "checkpoint.h"
#include <stdio.h>
#include <sys/stat.h>
#include "failure.h"
#include "json.h"

namespace eyrie {

namespace {

const char index_name[] = "model.safetensors.index.json";
const char file_name[] = "model.safetensors";

enum class Kind { nothing, file, folder };

Kind kind_of(const std::string &path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0) return Kind::nothing;
  return S_ISDIR(facts.st_mode) ? Kind::folder : Kind::file;
}

bool ends_with(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string file_to_open(const std::string &path) {
  const Kind kind = kind_of(path);
  if (kind == Kind::nothing)
    fail("%s does not exist; give a .safetensors file or a folder with one", path.c_str());
  if (kind == Kind::file) return path;
  for (const char *name : {index_name, file_name})
    if (kind_of(path + "/" + name) == Kind::file) return path + "/" + name;
  fail("%s holds neither %s nor %s; name the file itself", path.c_str(), file_name, index_name);
}

std::string text_of(const std::string &path) {
  FILE *file = fopen(path.c_str(), "rb");
  if (!file) fail("%s cannot be read; check its permissions", path.c_str());
  std::string text;
  char part[65536];
  for (size_t count; (count = fread(part, 1, sizeof part, file)) > 0;) text.append(part, count);
  fclose(file);
  return text;
}

}  // namespace

Checkpoint::Checkpoint(const std::string &path) : path_(file_to_open(path)) {
  if (ends_with(path_, ".json")) {
    join_shards(path_);
    return;
  }
  const SafetensorsFile &file = open(path_);
  for (const auto &[name, tensor] : file.tensors()) homes_[name] = {&file, &tensor};
}

const std::string *Checkpoint::metadata(const std::string &key) const {
  for (const auto &file : files_) {
    const auto found = file->metadata().find(key);
    if (found != file->metadata().end()) return &found->second;
  }
  return nullptr;
}

const Home *Checkpoint::find(const std::string &name) const {
  const auto found = homes_.find(name);
  return found == homes_.end() ? nullptr : &found->second;
}

const SafetensorsFile &Checkpoint::open(const std::string &file) {
  files_.push_back(std::make_unique<SafetensorsFile>(file));
  return *files_.back();
}

void Checkpoint::join_shards(const std::string &index) {
  const Json json = read_json(text_of(index), index);
  const Json *map = json.field("weight_map");
  if (!map || map->kind != Json::Kind::object)
    fail("%s has no weight_map; download the checkpoint again", index.c_str());
  const size_t slash = index.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : index.substr(0, slash + 1);
  std::map<std::string, const SafetensorsFile *> shards;
  for (const auto &[name, file] : map->fields) {
    if (file.kind != Json::Kind::text)
      fail("%s places \"%s\" in no file", index.c_str(), name.c_str());
    const SafetensorsFile *&shard = shards[file.text];
    if (!shard) shard = &open(folder + file.text);
    const StoredTensor *tensor = shard->find(name);
    if (!tensor)
      fail("%s says that %s holds \"%s\", but it does not; download the checkpoint again",
           index.c_str(), file.text.c_str(), name.c_str());
    homes_[name] = {shard, tensor};
  }
  for (const auto &[file, shard] : shards)
    for (const auto &[name, tensor] : shard->tensors())
      if (homes_.find(name) == homes_.end() || homes_[name].file != shard)
        fail("%s holds \"%s\", but %s does not place it there; download the checkpoint again",
             file.c_str(), name.c_str(), index.c_str());
}

}  // namespace eyrie

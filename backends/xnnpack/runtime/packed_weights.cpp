// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/packed_weights.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

#include <cpuinfo.h>

namespace executorch::backends::xnnpack {

using runtime::Error;

namespace {

constexpr size_t kAlignment = 64;  // what the library asks of packed weights
constexpr char kMagic[8] = {'X', 'N', 'P', 'W', 'F', 'I', 'L', '2'};

/// Whatever must be the same for packed weights to be usable: the library's version and the
/// instruction sets.
std::string machine_id() {
  std::string id(static_cast<const char*>(xnn_experimental_get_build_identifier_data()),
                 xnn_experimental_get_build_identifier_size());
  id += sizeof(void*) == 8 ? "/64" : "/32";
  if (cpuinfo_initialize() && cpuinfo_get_uarchs_count() > 0) {
    for (uint32_t i = 0; i < cpuinfo_get_uarchs_count(); ++i) {
      id += "/" + std::to_string(cpuinfo_get_uarch(i)->uarch);
    }
  }
#if defined(__x86_64__) || defined(__i386__)
  const bool features[] = {cpuinfo_has_x86_avx(),      cpuinfo_has_x86_avx2(),
                           cpuinfo_has_x86_fma3(),     cpuinfo_has_x86_avx512f(),
                           cpuinfo_has_x86_avx512bw(), cpuinfo_has_x86_avx512vnni(),
                           cpuinfo_has_x86_avxvnni()};
  for (const bool feature : features) {
    id += feature ? '1' : '0';
  }
#elif defined(__aarch64__)
  const bool features[] = {cpuinfo_has_arm_neon_fp16_arith(), cpuinfo_has_arm_neon_dot(),
                           cpuinfo_has_arm_i8mm()};
  for (const bool feature : features) {
    id += feature ? '1' : '0';
  }
#endif
  return id;
}

size_t align_up(size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

void append(std::string* out, const void* data, size_t size) {
  out->append(static_cast<const char*>(data), size);
}

template <typename T>
void append(std::string* out, T value) {
  append(out, &value, sizeof(value));
}

/// 64-bit FNV-1a: finds damage, not forgery.
uint64_t checksum(const char* data, size_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; ++i) {
    hash = (hash ^ static_cast<unsigned char>(data[i])) * 0x100000001b3;
  }
  return hash;
}

/// Reads what append() wrote, within bounds.
struct Reader {
  const char* data;
  size_t size;
  size_t position;

  const char* bytes(size_t count) {
    if (count > size - position) {
      return nullptr;
    }
    const char* start = data + position;
    position += count;
    return start;
  }
  template <typename T>
  bool read(T* value) {
    const char* start = bytes(sizeof(T));
    if (start == nullptr) {
      return false;
    }
    memcpy(value, start, sizeof(T));
    return true;
  }
};

// Guards everything below, and the files.
std::mutex& cache_mutex() {
  static std::mutex mutex;
  return mutex;
}

// What is alive, by key.
std::unordered_map<std::string, std::weak_ptr<PackedBlob>>& live_blobs() {
  static auto* blobs = new std::unordered_map<std::string, std::weak_ptr<PackedBlob>>();
  return *blobs;
}

}  // namespace

PackedBlob::PackedBlob(size_t size) : size_(size) {
  const size_t bytes = align_up(size + XNN_EXTRA_BYTES);
  if (posix_memalign(&data_, kAlignment, bytes) != 0) {
    data_ = nullptr;
  }
}

PackedBlob::~PackedBlob() {
  if (owner_ == nullptr) {
    free(data_);
  }
}

/// magic, length of machine id, machine id; blobs, aligned; index of {key length, key, offset,
/// size}; footer of {offset of the index, number of entries, checksum of the index, magic}. A file
/// is replaced as a whole, by rename.
struct PackedWeights::File {
  std::string path;
  std::map<std::string, std::shared_ptr<PackedBlob>> blobs;
  bool changed = false;

  static std::shared_ptr<File> open(const std::string& path);
  void load();
  Error save();
};

namespace {
std::map<std::string, std::weak_ptr<void>>& live_files() {
  static auto* files = new std::map<std::string, std::weak_ptr<void>>();
  return *files;
}
}  // namespace

std::shared_ptr<PackedWeights::File> PackedWeights::File::open(const std::string& path) {
  std::weak_ptr<void>& slot = live_files()[path];
  if (std::shared_ptr<void> file = slot.lock()) {
    return std::static_pointer_cast<File>(file);
  }
  auto file = std::make_shared<File>();
  file->path = path;
  file->load();
  slot = file;
  return file;
}

// A file that cannot be used is as good as none: it will be replaced.
void PackedWeights::File::load() {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return;
  }
  struct stat status = {};
  const bool known = fstat(descriptor, &status) == 0 && status.st_size > 0;
  const auto size = known ? static_cast<size_t>(status.st_size) : 0;
  // Private and writable: the library is given pointers that are not const.
  void* mapped =
      known ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
  close(descriptor);
  if (mapped == MAP_FAILED) {
    return;
  }
  const std::shared_ptr<void> mapping(mapped, [size](void* data) { munmap(data, size); });
  const auto* data = static_cast<const char*>(mapped);

  const std::string id = machine_id();
  Reader header = {data, size, 0};
  const char* magic = header.bytes(sizeof(kMagic));
  uint32_t id_size = 0;
  if (magic == nullptr || memcmp(magic, kMagic, sizeof(kMagic)) != 0 || !header.read(&id_size) ||
      id_size != id.size()) {
    return;
  }
  const char* file_id = header.bytes(id_size);
  if (file_id == nullptr || memcmp(file_id, id.data(), id_size) != 0) {
    return;
  }
  constexpr size_t kFooterSize = 2 * sizeof(uint64_t) + sizeof(uint32_t) + sizeof(kMagic);
  if (size < header.position + kFooterSize) {
    return;
  }
  Reader footer = {data, size, size - kFooterSize};
  uint64_t index_offset = 0;
  uint32_t count = 0;
  uint64_t index_checksum = 0;
  if (!footer.read(&index_offset) || !footer.read(&count) || !footer.read(&index_checksum) ||
      memcmp(footer.bytes(sizeof(kMagic)), kMagic, sizeof(kMagic)) != 0 ||
      index_offset > size - kFooterSize ||
      checksum(data + index_offset, size - kFooterSize - index_offset) != index_checksum) {
    return;
  }
  Reader index = {data, size - kFooterSize, static_cast<size_t>(index_offset)};
  std::map<std::string, std::shared_ptr<PackedBlob>> loaded;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t key_size = 0;
    uint64_t offset = 0;
    uint64_t blob_size = 0;
    const char* key = index.read(&key_size) ? index.bytes(key_size) : nullptr;
    if (key == nullptr || !index.read(&offset) || !index.read(&blob_size) ||
        offset % kAlignment != 0 || offset > index_offset || blob_size > index_offset - offset ||
        index_offset - offset - blob_size < XNN_EXTRA_BYTES) {
      return;
    }
    loaded[std::string(key, key_size)] = std::make_shared<PackedBlob>(
        static_cast<char*>(mapped) + offset, static_cast<size_t>(blob_size), mapping);
  }
  blobs = std::move(loaded);
}

Error PackedWeights::File::save() {
  if (!changed) {
    return Error::Ok;
  }
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  FILE* out = fopen(temporary.c_str(), "wb");
  ET_CHECK_OR_RETURN_ERROR(out != nullptr, AccessFailed,
                           "the file for packed weights, '%s', cannot be written: %s",
                           temporary.c_str(), strerror(errno));
  const std::string id = machine_id();
  std::string header;
  append(&header, kMagic, sizeof(kMagic));
  append(&header, static_cast<uint32_t>(id.size()));
  header += id;
  header.resize(align_up(header.size()), '\0');
  bool ok = fwrite(header.data(), 1, header.size(), out) == header.size();
  uint64_t position = header.size();
  std::string index;
  for (const auto& [key, blob] : blobs) {
    append(&index, static_cast<uint32_t>(key.size()));
    index += key;
    append(&index, position);
    append(&index, static_cast<uint64_t>(blob->size()));
    ok = ok && fwrite(blob->data(), 1, blob->size(), out) == blob->size();
    const size_t padded = align_up(blob->size() + XNN_EXTRA_BYTES);
    const std::string padding(padded - blob->size(), '\0');
    ok = ok && fwrite(padding.data(), 1, padding.size(), out) == padding.size();
    position += padded;
  }
  const uint64_t index_checksum = checksum(index.data(), index.size());
  append(&index, position);
  append(&index, static_cast<uint32_t>(blobs.size()));
  append(&index, index_checksum);
  append(&index, kMagic, sizeof(kMagic));
  ok = ok && fwrite(index.data(), 1, index.size(), out) == index.size();
  ok = fclose(out) == 0 && ok;
  if (!ok || rename(temporary.c_str(), path.c_str()) != 0) {
    ET_REPORT_ERROR("the file for packed weights, '%s', cannot be written: %s", path.c_str(),
                    strerror(errno));
    unlink(temporary.c_str());
    return Error::AccessFailed;
  }
  changed = false;
  return Error::Ok;
}

PackedWeights::PackedWeights(const std::vector<Constant>& cacheable, std::string path)
    : provider_() {
  for (const Constant& constant : cacheable) {
    if (!constant.key.empty()) {
      keys_[constant.data] = constant.key;
    }
  }
  if (!path.empty()) {
    const std::lock_guard<std::mutex> lock(cache_mutex());
    file_ = File::open(path);
  }
  provider_.context = this;
  provider_.look_up = [](void* self, const xnn_weights_cache_look_up_key* key) {
    return static_cast<PackedWeights*>(self)->look_up(*key);
  };
  provider_.reserve_space = [](void* self, size_t size) {
    return static_cast<PackedWeights*>(self)->reserve(size);
  };
  provider_.look_up_or_insert = [](void* self, const xnn_weights_cache_look_up_key* key, void* data,
                                   size_t size) {
    return static_cast<PackedWeights*>(self)->insert(*key, data, size);
  };
  provider_.is_finalized = [](void*) { return true; };
  provider_.offset_to_addr = [](void* self, size_t offset) {
    return static_cast<PackedWeights*>(self)->blobs_[offset]->data();
  };
  provider_.delete_cache = [](void*) { return xnn_status_success; };
}

// "" if one of the constants is not known by name.
std::string PackedWeights::key_of(const xnn_weights_cache_look_up_key& key) const {
  const auto kernel = keys_.find(key.kernel);
  if (kernel == keys_.end()) {
    return "";
  }
  std::string text = kernel->second;
  if (key.bias != nullptr) {
    const auto bias = keys_.find(key.bias);
    if (bias == keys_.end()) {
      return "";
    }
    text += "+" + bias->second;
  }
  return text + "#" + std::to_string(key.seed);
}

size_t PackedWeights::look_up(const xnn_weights_cache_look_up_key& key) {
  const std::string name = key_of(key);
  if (name.empty()) {
    return SIZE_MAX;
  }
  const std::lock_guard<std::mutex> lock(cache_mutex());
  std::shared_ptr<PackedBlob> blob;
  if (file_ != nullptr) {
    const auto found = file_->blobs.find(name);
    if (found != file_->blobs.end()) {
      blob = found->second;
    }
  }
  if (blob == nullptr) {
    blob = live_blobs()[name].lock();
    if (blob != nullptr && file_ != nullptr) {
      file_->blobs[name] = blob;
      file_->changed = true;
    }
  }
  if (blob == nullptr) {
    return SIZE_MAX;
  }
  live_blobs()[name] = blob;
  blobs_.push_back(std::move(blob));
  return blobs_.size() - 1;
}

void* PackedWeights::reserve(size_t size) {
  reserved_ = std::make_shared<PackedBlob>(size);
  return reserved_->data();
}

size_t PackedWeights::insert(const xnn_weights_cache_look_up_key& key, void* data, size_t size) {
  // Some operators also hand in what look_up() has just given them.
  for (size_t i = blobs_.size(); i-- > 0;) {
    if (blobs_[i]->data() == data) {
      return i;
    }
  }
  // Others pack without looking up first, or have found the weights and hand in nothing.
  const size_t offset = look_up(key);
  if (data == nullptr) {
    return offset;
  }
  if (offset != SIZE_MAX) {
    if (blobs_[offset]->size() >= size && memcmp(blobs_[offset]->data(), data, size) == 0) {
      return offset;
    }
    blobs_.pop_back();
  }
  blobs_.push_back(std::move(reserved_));  // reserve() gave it out as `data`
  const std::string name = key_of(key);
  if (!name.empty()) {
    const std::lock_guard<std::mutex> lock(cache_mutex());
    live_blobs()[name] = blobs_.back();
    if (file_ != nullptr) {
      file_->blobs[name] = blobs_.back();
      file_->changed = true;
    }
  }
  return blobs_.size() - 1;
}

Error PackedWeights::finish() {
  keys_.clear();
  reserved_.reset();
  const std::lock_guard<std::mutex> lock(cache_mutex());
  for (auto entry = live_blobs().begin(); entry != live_blobs().end();) {
    entry = entry->second.expired() ? live_blobs().erase(entry) : std::next(entry);
  }
  return file_ == nullptr ? Error::Ok : file_->save();
}

Error PackedWeights::save_all() {
  const std::lock_guard<std::mutex> lock(cache_mutex());
  for (auto& [path, slot] : live_files()) {
    if (const auto file = std::static_pointer_cast<File>(slot.lock())) {
      ET_CHECK_OK_OR_RETURN_ERROR(file->save());
    }
  }
  return Error::Ok;
}

}  // namespace executorch::backends::xnnpack

// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/backend/interface.h>

#include <string>

#include <gtest/gtest.h>

using namespace executorch::runtime;

namespace {

class FakeBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }
  Result<DelegateHandle*> init(BackendInitContext&, FreeableBuffer*,
                               ArrayRef<CompileSpec>) const override {
    return static_cast<DelegateHandle*>(nullptr);
  }
  Error execute(BackendExecutionContext&, DelegateHandle*, Span<EValue*>) const override {
    return Error::Ok;
  }
  Error set_option(BackendOptionContext&, const Span<BackendOption>& options) override {
    num_set = options.size();
    return Error::Ok;
  }
  Error get_option(BackendOptionContext&, Span<BackendOption>& options) override {
    options[0].value = 42;
    return Error::Ok;
  }

  size_t num_set = 0;
};

TEST(BackendRegistryTest, FindsByName) {
  static FakeBackend backends[2];
  EXPECT_EQ(get_backend_class("Fake"), nullptr);
  ASSERT_EQ(register_backend({"Fake", &backends[0]}), Error::Ok);
  EXPECT_EQ(get_backend_class("Fake"), &backends[0]);
  EXPECT_EQ(get_backend_class("fake"), nullptr);
  EXPECT_EQ(get_backend_class(nullptr), nullptr);
  EXPECT_EQ(register_backend({"Fake", &backends[0]}), Error::Ok);
  EXPECT_EQ(get_num_registered_backends(), 1u);
  EXPECT_EQ(register_backend({"Fake", &backends[1]}), Error::InvalidArgument);
  EXPECT_EQ(register_backend({nullptr, &backends[1]}), Error::InvalidArgument);
  EXPECT_EQ(register_backend({"Null", nullptr}), Error::InvalidArgument);
  EXPECT_STREQ(*get_backend_name(0), "Fake");
  EXPECT_EQ(get_backend_name(1).error(), Error::NotFound);

  BackendOptions<2> options;
  ASSERT_EQ(options.set_option("threads", 2), Error::Ok);
  EXPECT_EQ(set_option("Fake", options.view()), Error::Ok);
  EXPECT_EQ(backends[0].num_set, 1u);
  EXPECT_EQ(get_option("Fake", options.view()), Error::Ok);
  int threads = 0;
  EXPECT_EQ(options.get_option("threads", threads), Error::Ok);
  EXPECT_EQ(threads, 42);
  EXPECT_EQ(set_option("None", options.view()), Error::NotFound);
  EXPECT_EQ(get_option(nullptr, options.view()), Error::NotFound);

  static std::string names[16];
  for (int i = 1; i <= 16; ++i) {
    names[i - 1] = "Fake" + std::to_string(i);
    EXPECT_EQ(register_backend({names[i - 1].c_str(), &backends[1]}),
              i < 16 ? Error::Ok : Error::Internal);
  }
  EXPECT_EQ(get_num_registered_backends(), 16u);
}

TEST(BackendOptionsTest, HoldsThreeTypes) {
  BackendOptions<3> options;
  EXPECT_EQ(options.set_option("flag", true), Error::Ok);
  EXPECT_EQ(options.set_option("level", 3), Error::Ok);
  EXPECT_EQ(options.set_option("path", "/tmp"), Error::Ok);
  EXPECT_EQ(options.set_option("more", 1), Error::InvalidArgument);
  EXPECT_EQ(options.set_option("level", 4), Error::Ok);
  EXPECT_EQ(options.view().size(), 3u);
  bool flag = false;
  int level = 0;
  const char* path = nullptr;
  EXPECT_EQ(options.get_option("flag", flag), Error::Ok);
  EXPECT_EQ(options.get_option("level", level), Error::Ok);
  EXPECT_EQ(options.get_option("path", path), Error::Ok);
  EXPECT_TRUE(flag);
  EXPECT_EQ(level, 4);
  EXPECT_STREQ(path, "/tmp");
  EXPECT_EQ(options.get_option("flag", level), Error::InvalidArgument);
  EXPECT_EQ(options.get_option("path", flag), Error::InvalidArgument);
  EXPECT_EQ(options.get_option("level", path), Error::InvalidArgument);
  EXPECT_EQ(options.get_option("none", level), Error::NotFound);
  EXPECT_EQ(options.set_option("path", std::string(256, 'x').c_str()), Error::InvalidArgument);
  EXPECT_EQ(options.set_option("path", std::string(255, 'x').c_str()), Error::Ok);
}

TEST(LoadBackendOptionsMapTest, KeepsOptionsByBackend) {
  BackendOptions<1> options;
  ASSERT_EQ(options.set_option("level", 3), Error::Ok);
  LoadBackendOptionsMap map;
  EXPECT_TRUE(map.get_options("A").empty());
  EXPECT_EQ(map.set_options("A", options.view()), Error::Ok);
  EXPECT_EQ(map.set_options("A", options.view()), Error::Ok);
  EXPECT_EQ(map.size(), 1u);
  EXPECT_TRUE(map.has_options("A"));
  EXPECT_FALSE(map.has_options("B"));
  EXPECT_EQ(map.get_options("A").size(), 1u);
  EXPECT_STREQ(map.entry_at(0)->backend_id, "A");
  EXPECT_EQ(map.entry_at(1).error(), Error::InvalidArgument);
  EXPECT_EQ(map.set_options(nullptr, options.view()), Error::InvalidArgument);
  EXPECT_EQ(map.set_options("", options.view()), Error::InvalidArgument);
  EXPECT_EQ(map.set_options(std::string(64, 'x').c_str(), options.view()), Error::InvalidArgument);
  for (const char* name : {"B", "C", "D", "E", "F", "G", "H"}) {
    EXPECT_EQ(map.set_options(name, options.view()), Error::Ok);
  }
  EXPECT_EQ(map.set_options("I", options.view()), Error::InvalidArgument);
}

TEST(BackendContextTest, GivesWhatItWasGiven) {
  alignas(16) uint8_t pool[64];
  MemoryAllocator allocator(sizeof(pool), pool);
  BackendOptions<1> options;
  ASSERT_EQ(options.set_option("level", 3), Error::Ok);
  const BackendOption* begin = options.view().data();
  BackendInitContext init(&allocator, nullptr, "forward", nullptr, {begin, 1});
  EXPECT_EQ(init.get_runtime_allocator(), &allocator);
  EXPECT_STREQ(init.get_method_name(), "forward");
  EXPECT_EQ(*init.get_runtime_spec<int>("level"), 3);
  EXPECT_EQ(init.get_runtime_spec<bool>("level").error(), Error::InvalidArgument);
  EXPECT_EQ(init.get_runtime_spec<const char*>("other").error(), Error::NotFound);
  EXPECT_EQ(init.get_runtime_spec<int>(nullptr).error(), Error::InvalidArgument);

  BackendExecutionContext without;
  EXPECT_EQ(without.allocate(1), nullptr);
  BackendExecutionContext with(nullptr, &allocator, "forward");
  EXPECT_NE(with.allocate(8), nullptr);
  EXPECT_EQ(with.get_temp_allocator(), &allocator);
}

}  // namespace

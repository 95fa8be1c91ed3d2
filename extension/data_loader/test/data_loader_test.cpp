// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/data_loader/file_descriptor_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/data_loader/shared_ptr_data_loader.h>
#include <executorch/extension/data_loader/test/temp_file.h>
#include <executorch/runtime/core/last_error.h>

namespace executorch {
namespace extension {
namespace {

using ::executorch::extension::testing::TempFile;
using runtime::DataLoader;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::last_error_message;
using runtime::Result;
using ::testing::AllOf;
using ::testing::HasSubstr;
using MlockConfig = MmapDataLoader::MlockConfig;

const DataLoader::SegmentInfo kSegment(DataLoader::SegmentInfo::Type::Constant);

// More than a few pages, and every byte differs from its neighbours.
std::string make_content() {
  std::string content(100003, '\0');
  for (size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<char>(i * 31 + i / 256);
  }
  return content;
}

std::string_view bytes_of(const FreeableBuffer& buffer) {
  return {static_cast<const char*>(buffer.data()), buffer.size()};
}

// What every loader does, tried on one of each kind.
class AnyDataLoaderTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string kind = GetParam();
    if (kind == "file") {
      loader_ = std::make_unique<FileDataLoader>(std::move(*FileDataLoader::from(file_.path())));
    } else if (kind == "descriptor") {
      const std::string uri = "fd:///" + std::to_string(::open(file_.path(), O_RDONLY));
      loader_ = std::make_unique<FileDescriptorDataLoader>(
          std::move(*FileDescriptorDataLoader::fromFileDescriptorUri(uri.c_str())));
    } else if (kind == "mmap") {
      loader_ = std::make_unique<MmapDataLoader>(
          std::move(*MmapDataLoader::from(file_.path(), MlockConfig::NoMlock)));
    } else if (kind == "buffer") {
      loader_ = std::make_unique<BufferDataLoader>(content_.data(), content_.size());
    } else {
      const auto copy = std::make_shared<std::string>(content_);
      loader_ = std::make_unique<SharedPtrDataLoader>(std::shared_ptr<void>(copy, copy->data()),
                                                      copy->size());
    }
  }

  const std::string content_ = make_content();
  const TempFile file_{content_};
  std::unique_ptr<DataLoader> loader_;
};

TEST_P(AnyDataLoaderTest, LoadsAnyRange) {
  ASSERT_EQ(*loader_->size(), content_.size());
  const size_t size = content_.size();
  const std::pair<size_t, size_t> ranges[] = {
      {0, size}, {0, 1}, {1, 4096}, {4095, 4098}, {8192, 8192}, {size - 1, 1}, {50000, 50003}};
  for (const auto& [offset, count] : ranges) {
    const auto buffer = loader_->load(offset, count, kSegment);
    ASSERT_TRUE(buffer.ok()) << last_error_message();
    EXPECT_EQ(bytes_of(*buffer), std::string_view(content_).substr(offset, count));
    std::string copy(count, '\0');
    ASSERT_EQ(loader_->load_into(offset, count, kSegment, copy.data()), Error::Ok);
    EXPECT_EQ(copy, content_.substr(offset, count));
  }
}

TEST_P(AnyDataLoaderTest, LoadsNothing) {
  for (const size_t offset : {size_t{0}, size_t{7}, content_.size()}) {
    const auto buffer = loader_->load(offset, 0, kSegment);
    ASSERT_TRUE(buffer.ok());
    EXPECT_EQ(buffer->size(), 0u);
    EXPECT_EQ(loader_->load_into(offset, 0, kSegment, nullptr), Error::Ok);
  }
}

TEST_P(AnyDataLoaderTest, RefusesWhatIsOutOfRange) {
  const size_t size = content_.size();
  const std::pair<size_t, size_t> ranges[] = {{0, size + 1}, {size, 1},     {size + 1, 0},
                                              {SIZE_MAX, 1}, {1, SIZE_MAX}, {SIZE_MAX, SIZE_MAX}};
  char byte;
  for (const auto& [offset, count] : ranges) {
    EXPECT_EQ(loader_->load(offset, count, kSegment).error(), Error::InvalidArgument);
    EXPECT_THAT(last_error_message(), HasSubstr("has 100003 bytes"));
    EXPECT_EQ(loader_->load_into(offset, count, kSegment, &byte), Error::InvalidArgument);
  }
  EXPECT_EQ(loader_->load_into(0, 1, kSegment, nullptr), Error::InvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyDataLoaderTest,
                         ::testing::Values("file", "descriptor", "mmap", "buffer", "shared_ptr"),
                         [](const auto& info) { return std::string(info.param); });

// What both loaders of files do.
template <typename Loader>
class FileLoaderTest : public ::testing::Test {};
using FileLoaders = ::testing::Types<FileDataLoader, MmapDataLoader>;
TYPED_TEST_SUITE(FileLoaderTest, FileLoaders);

TYPED_TEST(FileLoaderTest, NamesPathAndReason) {
  EXPECT_EQ(TypeParam::from("/nowhere/absent.pte").error(), Error::AccessFailed);
  EXPECT_STREQ(last_error_message(),
               "cannot open '/nowhere/absent.pte': No such file or directory");

  EXPECT_EQ(TypeParam::from("/").error(), Error::AccessFailed);
  EXPECT_STREQ(last_error_message(), "cannot read '/': it is a directory");

  const std::string pipe = ::testing::TempDir() + "/executorch-pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(TypeParam::from(pipe.c_str()).error(), Error::AccessFailed);
  EXPECT_THAT(last_error_message(), HasSubstr("not a regular file"));
  ::unlink(pipe.c_str());

  EXPECT_EQ(TypeParam::from(nullptr).error(), Error::InvalidArgument);
}

TYPED_TEST(FileLoaderTest, EmptyFile) {
  const TempFile file("");
  const auto loader = TypeParam::from(file.path());
  ASSERT_TRUE(loader.ok());
  EXPECT_EQ(*loader->size(), 0u);
  EXPECT_EQ(loader->load(0, 0, kSegment)->size(), 0u);
  EXPECT_EQ(loader->load(0, 1, kSegment).error(), Error::InvalidArgument);
}

TYPED_TEST(FileLoaderTest, MovedFromLoaderIsInvalid) {
  const TempFile file("abc");
  auto loader = std::move(*TypeParam::from(file.path()));
  const TypeParam other = std::move(loader);
  EXPECT_EQ(bytes_of(*other.load(0, 3, kSegment)), "abc");
  EXPECT_EQ(loader.load(0, 0, kSegment).error(), Error::InvalidState);  // NOLINT: moved from
  EXPECT_EQ(loader.size().error(), Error::InvalidState);
}

TYPED_TEST(FileLoaderTest, DataOutlivesTheLoader) {
  const TempFile file("abc");
  std::optional<TypeParam> loader(std::move(*TypeParam::from(file.path())));
  const auto buffer = loader->load(0, 3, kSegment);
  loader.reset();
  EXPECT_EQ(bytes_of(*buffer), "abc");
}

TYPED_TEST(FileLoaderTest, ReadsShortIfTheFileShrank) {
  const TempFile file("abcdef");
  const auto loader = TypeParam::from(file.path());
  file.truncate(2);
  char bytes[6];
  EXPECT_EQ(loader->load_into(0, 6, kSegment, bytes), Error::AccessFailed);
  EXPECT_THAT(last_error_message(),
              AllOf(HasSubstr(file.path()), HasSubstr("ends at offset 2, but had 6 bytes")));
}

TEST(FileDataLoaderTest, AlignsItsData) {
  const TempFile file(make_content());
  for (const size_t alignment : {1, 2, 16, 64, 4096}) {
    const auto loader = FileDataLoader::from(file.path(), alignment);
    ASSERT_TRUE(loader.ok());
    const auto buffer = loader->load(3, 100, kSegment);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data()) % alignment, 0u);
  }
  for (const size_t alignment : {0, 3, 48}) {
    EXPECT_EQ(FileDataLoader::from(file.path(), alignment).error(), Error::InvalidArgument);
  }
}

TEST(FileDescriptorDataLoaderTest, RefusesWhatIsNoOpenFile) {
  const auto error = [](const std::string& uri) {
    return FileDescriptorDataLoader::fromFileDescriptorUri(uri.c_str()).error();
  };
  for (const char* uri : {"", "fd:///", "fd:///x", "fd:///3x", "fd:///-1", "fd://3", "file:///3",
                          "fd:///99999999999999999999"}) {
    EXPECT_EQ(error(uri), Error::InvalidArgument) << uri;
  }
  EXPECT_EQ(FileDescriptorDataLoader::fromFileDescriptorUri(nullptr).error(),
            Error::InvalidArgument);
  EXPECT_EQ(error("fd:///1000000"), Error::AccessFailed);
  const int directory = ::open("/", O_RDONLY);
  EXPECT_EQ(error("fd:///" + std::to_string(directory)), Error::AccessFailed);
  EXPECT_EQ(::close(directory), 0);
}

TEST(MmapDataLoaderTest, KeepsTheAlignmentOfTheFile) {
  const TempFile file(make_content());
  const auto loader = MmapDataLoader::from(file.path(), MlockConfig::NoMlock);
  for (const size_t offset : {0, 128, 4096, 4160}) {
    const auto buffer = loader->load(offset, 10, kSegment);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data()) % 4096, offset % 4096);
  }
}

TEST(MmapDataLoaderTest, AdviseAndIgnoredLockLoad) {
  const std::string content = make_content();
  const TempFile file(content);
  for (const auto config : {MlockConfig::UseMadvise, MlockConfig::UseMlockIgnoreErrors}) {
    const auto loader = MmapDataLoader::from(file.path(), config);
    EXPECT_EQ(bytes_of(*loader->load(0, content.size(), kSegment)), content);
  }
}

TEST(MmapDataLoaderTest, RefusedLockIsAnError) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may lock any amount of memory";
  }
  const rlimit none = {0, 0};
  ASSERT_EQ(::setrlimit(RLIMIT_MEMLOCK, &none), 0);
  const TempFile file(make_content());
  EXPECT_EQ(
      MmapDataLoader::from(file.path(), MlockConfig::UseMlock)->load(0, 5000, kSegment).error(),
      Error::NotSupported);
  EXPECT_THAT(last_error_message(), HasSubstr("cannot lock 5000 bytes"));
}

}  // namespace
}  // namespace extension
}  // namespace executorch

// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/kernel/operator_registry.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

using namespace executorch::aten;
using namespace executorch::runtime;

namespace {

template <int N>
void kernel(KernelRuntimeContext&, Span<EValue*>) {}

const Kernel kTable[] = {Kernel("test::table.out", &kernel<1>),
                         Kernel("test::special.out", KernelKey("v1/6;0,1"), &kernel<2>),
                         Kernel("test::special.out", &kernel<3>)};
KernelLibrary library({kTable, 3});

}  // namespace

TEST(OperatorRegistryTest, UnknownOperatorIsNamed) {
  auto result = get_op_function_from_registry("test::nothing.out");
  EXPECT_EQ(result.error(), Error::OperatorMissing);
  EXPECT_NE(std::string(last_error_message()).find("test::nothing.out"), std::string::npos);
  EXPECT_FALSE(registry_has_op_function("test::nothing.out"));
}

TEST(OperatorRegistryTest, LibraryIsFoundAndLinkedOnce) {
  register_kernel_library(library);
  register_kernel_library(library);
  int seen = 0;
  for (const KernelLibrary* l = get_kernel_libraries(); l != nullptr; l = l->next) {
    seen += l == &library ? 1 : 0;
  }
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(get_op_function_from_registry("test::table.out").get(), &kernel<1>);
}

TEST(OperatorRegistryTest, SpecializedKernelIsPreferredToTheFallback) {
  register_kernel_library(library);
  DimOrderType order[] = {0, 1};
  const TensorMeta of_float[] = {TensorMeta(ScalarType::Float, {order, 2})};
  const TensorMeta of_int[] = {TensorMeta(ScalarType::Int, {order, 2})};
  EXPECT_EQ(get_op_function_from_registry("test::special.out", of_float).get(), &kernel<2>);
  EXPECT_EQ(get_op_function_from_registry("test::special.out", of_int).get(), &kernel<3>);
  EXPECT_EQ(get_op_function_from_registry("test::special.out").get(), &kernel<3>);
}

TEST(OperatorRegistryTest, PrivateKernelsComeFirst) {
  register_kernel_library(library);
  const Kernel mine[] = {Kernel("test::table.out", &kernel<9>)};
  EXPECT_EQ(get_op_function_from_registry("test::table.out", {}, mine).get(), &kernel<9>);
  EXPECT_EQ(get_op_function_from_registry("test::table.out", {}, {}).get(), &kernel<1>);
}

TEST(OperatorRegistryTest, TablesThatAreSortedAreSearchedByName) {
  static const Kernel sorted[] = {
      Kernel("sorted::a.out", &kernel<1>), Kernel("sorted::b.out", KernelKey("v1/6;0"), &kernel<2>),
      Kernel("sorted::b.out", &kernel<3>), Kernel("sorted::b.out_x", &kernel<4>),
      Kernel("sorted::c.out", &kernel<5>)};
  static KernelLibrary sorted_library(sorted);
  EXPECT_TRUE(sorted_library.is_sorted);
  EXPECT_FALSE(library.is_sorted);
  register_kernel_library(sorted_library);
  register_kernel_library(library);
  EXPECT_EQ(get_op_function_from_registry("sorted::a.out").get(), &kernel<1>);
  EXPECT_EQ(get_op_function_from_registry("sorted::b.out").get(), &kernel<3>);
  EXPECT_EQ(get_op_function_from_registry("sorted::b.out_x").get(), &kernel<4>);
  EXPECT_EQ(get_op_function_from_registry("sorted::c.out").get(), &kernel<5>);
  for (const char* missing : {"sorted::", "sorted::b", "sorted::b.out_", "sorted::d.out"}) {
    EXPECT_FALSE(registry_has_op_function(missing)) << missing;
  }
}

TEST(OperatorRegistryTest, SaysWhetherThereAreSpecializedKernels) {
  register_kernel_library(library);
  const internal::KernelChoice plain = internal::find_kernels("test::table.out", {});
  EXPECT_EQ(plain.fallback, &kernel<1>);
  EXPECT_FALSE(plain.has_specialized);
  const internal::KernelChoice special = internal::find_kernels("test::special.out", {});
  EXPECT_EQ(special.fallback, &kernel<3>);
  EXPECT_TRUE(special.has_specialized);
  const Kernel mine[] = {Kernel("test::special.out", &kernel<9>)};
  const internal::KernelChoice mixed = internal::find_kernels("test::special.out", mine);
  EXPECT_EQ(mixed.fallback, &kernel<9>);
  EXPECT_TRUE(mixed.has_specialized);
  EXPECT_EQ(internal::find_kernels("test::nothing.out", {}).fallback, nullptr);
}

TEST(OperatorRegistryTest, RegisteredKernelsAreCopiedAndDuplicatesHarmless) {
  {
    Kernel local[] = {Kernel("test::copied.out", &kernel<4>)};
    EXPECT_EQ(register_kernels(local), Error::Ok);
    EXPECT_EQ(register_kernels(local), Error::Ok);
    local[0].op_ = &kernel<5>;
    EXPECT_EQ(register_kernels(local), Error::RegistrationAlreadyRegistered);
  }
  EXPECT_EQ(get_op_function_from_registry("test::copied.out").get(), &kernel<4>);
  EXPECT_EQ(register_kernel(Kernel(nullptr, &kernel<4>)), Error::InvalidArgument);
}

TEST(OperatorRegistryTest, GrowsWithWhatIsRegistered) {
  static char names[300][32];
  for (int i = 0; i < 300; ++i) {
    std::snprintf(names[i], sizeof(names[i]), "test::many%d.out", i);
    ASSERT_EQ(register_kernel(Kernel(names[i], &kernel<6>)), Error::Ok);
  }
  for (auto& name : names) {
    EXPECT_TRUE(registry_has_op_function(name));
  }
}

TEST(OperatorRegistryTest, KeyStringIsCheckedAgainstItsBuffer) {
  DimOrderType order[] = {0, 1, 2, 13};
  const TensorMeta metas[] = {TensorMeta(ScalarType::Float, {order, 4}),
                              TensorMeta(ScalarType::Bool, {order, 1})};
  char buffer[KernelKey::MAX_SIZE];
  ASSERT_EQ(internal::make_kernel_key_string(metas, buffer, sizeof(buffer)), Error::Ok);
  EXPECT_STREQ(buffer, "v1/6;0,1,2,13|11;0");
  const size_t needed = std::string(buffer).size() + 1;
  for (size_t size = 0; size < needed; ++size) {
    EXPECT_EQ(internal::make_kernel_key_string(metas, buffer, size), Error::InvalidArgument);
  }
  EXPECT_EQ(internal::make_kernel_key_string(metas, buffer, needed), Error::Ok);
  EXPECT_EQ(internal::make_kernel_key_string({}, buffer, 1), Error::Ok);
  EXPECT_STREQ(buffer, "");
}

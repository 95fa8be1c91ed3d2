// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/extension/pytree/pytree.h>

#include <string>
#include <vector>

#include <executorch/runtime/core/testing_util/error_matchers.h>
#include <gtest/gtest.h>

namespace {

using executorch::extension::pytree::ContainerHandle;
using executorch::extension::pytree::flatten;
using executorch::extension::pytree::from_str;
using executorch::extension::pytree::Key;
using executorch::extension::pytree::Kind;
using executorch::extension::pytree::to_str;
using executorch::extension::pytree::TreeSpec;
using executorch::extension::pytree::unflatten;
using executorch::runtime::Error;
using executorch::runtime::testing::ErrorIs;
using executorch::runtime::testing::IsOk;

TEST(PytreeTest, CompactFormRoundTrip) {
  for (const char* text : {"$", "T0()", "L2#1#1($,$)", "T2#2#0(T2#1#1($,$),D0())",
                           "D2#1#2('a':$,7:L2#1#1($,$))", "N1#1($)", "C(my.Type)1#1($)"}) {
    const auto spec = from_str(text);
    ASSERT_THAT(spec.error(), IsOk()) << text;
    EXPECT_EQ(to_str(*spec), text);
  }
}

TEST(PytreeTest, TorchsJson) {
  const std::string leaf = R"({"type": null, "context": null, "children_spec": []})";
  const auto spec =
      from_str(R"([1, {"type": "builtins.dict", "context": "[\"x\", 3]", "children_spec": [)" +
               leaf + R"(, {"type": "builtins.tuple", "context": "null", "children_spec": [)" +
               leaf + ", " + leaf + "]}]}]");
  ASSERT_THAT(spec.error(), IsOk());
  EXPECT_EQ(to_str(*spec), "D2#1#2('x':$,3:T2#1#1($,$))");
}

TEST(PytreeTest, UnflattenAndFlatten) {
  std::vector<int> values = {1, 2, 3};
  const auto spec = from_str("D2#1#2('a':$,7:L2#1#1($,$))");
  ASSERT_THAT(spec.error(), IsOk());
  const auto tree = unflatten(*spec, values.data(), values.size());
  ASSERT_THAT(tree.error(), IsOk());
  EXPECT_EQ(tree->at("a").leaf(), 1);
  const ContainerHandle<int>& list = tree->at(7);
  EXPECT_EQ(list.kind(), Kind::List);
  EXPECT_EQ(list[1].leaf(), 3);
  EXPECT_EQ(tree->find("b"), nullptr);
  list[0].leaf() = 20;
  const auto [leaves, shape] = flatten(*tree);
  EXPECT_EQ(leaves, (std::vector<int*>{&values[0], &values[1], &values[2]}));
  EXPECT_EQ(values[1], 20);
  EXPECT_EQ(shape, *spec);
  EXPECT_THAT(unflatten(*spec, values.data(), 2).error(), ErrorIs(Error::InvalidArgument));
}

TEST(PytreeTest, ContainersByHand) {
  int a = 1;
  int b = 2;
  TreeSpec pair;
  pair.kind = Kind::Tuple;
  pair.children.resize(2);
  const ContainerHandle<int> tree(pair, {&a, &b});
  EXPECT_EQ(flatten(tree).first, (std::vector<int*>{&a, &b}));
}

TEST(PytreeTest, Refuses) {
  std::string deep;
  for (int i = 0; i < 100; ++i) {
    deep += "L1#1(";
  }
  deep += "$" + std::string(100, ')');
  for (const std::string& text :
       {std::string(), std::string("$$"), std::string("X"), std::string("T2#1($)"),
        std::string("T2#1#1($)"), std::string("T1#2($)"), std::string("T1#1($"),
        std::string("D1#1($)"), std::string("D1#1('a:$)"), std::string("T99999999999999999999()"),
        std::string("T4294967295#1($)"), std::string("C(x"), std::string("[1, {]"),
        std::string("[1, {\"type\": \"builtins.dict\", \"context\": \"[]\", \"children_spec\": "
                    "[{\"type\": null, \"context\": null, \"children_spec\": []}]}]"),
        std::string("[1, {\"type\": \"x"), std::string("[]"), deep}) {
    EXPECT_THAT(from_str(text).error(), ErrorIs(Error::InvalidArgument)) << text;
  }
}

}  // namespace

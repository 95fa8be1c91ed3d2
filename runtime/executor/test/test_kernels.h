// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * For tests: a few kernels under names of their own, passed to Program::load_method().
 */
#pragma once

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace executorch::runtime::testing {

/// test::add.out(a, b, out, out): elementwise, float, one shape.
inline void add_kernel(KernelRuntimeContext& context, Span<EValue*> args) {
  if (args.size() != 4 || !args[0]->isTensor() || !args[1]->isTensor() || !args[2]->isTensor()) {
    set_last_error("expected three tensors");
    context.fail(Error::InvalidProgram);
    return;
  }
  const auto& a = args[0]->toTensor();
  const auto& b = args[1]->toTensor();
  const auto& out = args[2]->toTensor();
  if (a.scalar_type() != executorch::aten::ScalarType::Float ||
      b.scalar_type() != a.scalar_type() || out.scalar_type() != a.scalar_type() ||
      b.numel() != a.numel() || resize_tensor(out, a.sizes()) != Error::Ok) {
    set_last_error("expected float tensors of one shape");
    context.fail(Error::InvalidArgument);
    return;
  }
  for (ssize_t i = 0; i < a.numel(); ++i) {
    out.mutable_data_ptr<float>()[i] = a.const_data_ptr<float>()[i] + b.const_data_ptr<float>()[i];
  }
}

/// test::increment(number, number): adds one.
inline void increment_kernel(KernelRuntimeContext& context, Span<EValue*> args) {
  if (args.size() != 2 || !args[0]->isInt()) {
    context.fail(Error::InvalidArgument);
    return;
  }
  *args[1] = EValue(static_cast<int64_t>(static_cast<uint64_t>(args[0]->toInt()) + 1));
}

/// test::less(number, number, bool): compares.
inline void less_kernel(KernelRuntimeContext& context, Span<EValue*> args) {
  if (args.size() != 3 || !args[0]->isInt() || !args[1]->isInt()) {
    context.fail(Error::InvalidArgument);
    return;
  }
  *args[2] = EValue(args[0]->toInt() < args[1]->toInt());
}

/// test::scratch(number): takes so many bytes of scratch memory.
inline void scratch_kernel(KernelRuntimeContext& context, Span<EValue*> args) {
  const auto bytes =
      args.size() == 1 ? args[0]->tryToInt() : Result<int64_t>(Error::InvalidArgument);
  if (!bytes.ok() || *bytes < 0 || *bytes > 4096) {
    context.fail(Error::InvalidArgument);
    return;
  }
  const Result<void*> memory = context.allocate_temp(static_cast<size_t>(*bytes));
  if (!memory.ok()) {
    context.fail(memory.error());
    return;
  }
  memset(*memory, 0, static_cast<size_t>(*bytes));
}

/// test::fail: fails without a word.
inline void fail_kernel(KernelRuntimeContext& context, Span<EValue*>) {
  context.fail(Error::NotSupported);
}

inline Span<const Kernel> test_kernels() {
  static const Kernel kernels[] = {
      Kernel("test::add.out", add_kernel), Kernel("test::increment", increment_kernel),
      Kernel("test::less", less_kernel),   Kernel("test::scratch", scratch_kernel),
      Kernel("test::fail", fail_kernel),
  };
  return kernels;
}

}  // namespace executorch::runtime::testing

// SPDX-License-Identifier: BSD-3-Clause

// What a call of a program that adds 8 floats costs, in nanoseconds: `call_overhead add.pte`
// prints "forward N" and "execute N". call_overhead.py builds it against two runtimes.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

namespace {

// The least of several means, which other work on the machine disturbs least.
template <typename F>
double nanoseconds(const F& f) {
  constexpr int kCalls = 20000;
  double best = 1e300;
  for (int round = 0; round < 15; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) {
      if (!f()) {
        std::fprintf(stderr, "a call failed\n");
        std::exit(1);
      }
    }
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count() / kCalls);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace executorch::extension;
  if (argc != 2) {
    return 2;
  }
  Module module(argv[1]);
  const auto a = make_tensor_ptr({8}, {1.f, 2.f, 3.f, 4.f, 5.f, 6.f, 7.f, 8.f});
  const auto b = make_tensor_ptr({8}, {1.f, 2.f, 3.f, 4.f, 5.f, 6.f, 7.f, 8.f});
  std::printf("forward %.1f\n", nanoseconds([&] { return module.forward({a, b}).ok(); }));
  auto* method = module.method("forward").get();
  std::printf("execute %.1f\n",
              nanoseconds([&] { return method->execute() == executorch::runtime::Error::Ok; }));
  return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// parallel_for(): on the thread pool where extension_threadpool is linked, else serial.
#include <executorch/runtime/kernel/thread_parallel_interface.h>

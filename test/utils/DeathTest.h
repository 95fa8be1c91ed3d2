// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/platform/log.h>
#include <gtest/gtest.h>

/// Expects that the statement ends the process, with a sentence that matches where logging is
/// compiled in.
#define ET_EXPECT_DEATH(statement, matcher) \
  EXPECT_DEATH_IF_SUPPORTED(statement, ET_LOG_ENABLED ? (matcher) : "")
#define ET_ASSERT_DEATH(statement, matcher) \
  ASSERT_DEATH_IF_SUPPORTED(statement, ET_LOG_ENABLED ? (matcher) : "")

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

/// Ends the program with exit code 1 and a sentence on stderr.
[[noreturn]] void fail(const std::string& sentence);

/// Understands --name=value and --name value, with one dash or two; a flag whose value is true or
/// false also without it. Ends the program when one is unknown, and after --help.
void parse_flags(int argc, char** argv);

/// The value that was given, or the default. `name` is one of the flags of flags.cpp.
const std::string& flag(const char* name);

/// The same as a number; ends the program with a sentence unless it is one in [least, most].
long long integer_flag(const char* name, long long least, long long most);
double number_flag(const char* name, double least, double most);
bool bool_flag(const char* name);

/// Ends the program with a sentence unless the value is one of `choices`, separated by |.
const std::string& choice_flag(const char* name, const char* choices);

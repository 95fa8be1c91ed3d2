/* SPDX-License-Identifier: BSD-3-Clause */

/**
 * @file
 * The C interface, used by a C compiler. The arguments are the corpus folder and a folder to write to.
 */
#include <executorch/extension/c_api/executorch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition)                                                                       \
  do {                                                                                          \
    if (!(condition)) {                                                                         \
      ++failures;                                                                               \
      fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, et_last_error());    \
    }                                                                                           \
  } while (0)

static const char* corpus;
static const char* temporary;

static const char* path_of(const char* name) {
  static char path[4096];
  snprintf(path, sizeof(path), "%s/%s", corpus, name);
  return path;
}

/** The bytes of a file, or exits. */
static void* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  void* data = malloc(*size + 1);
  if (data == NULL || fread(data, 1, *size, file) != *size) {
    exit(1);
  }
  fclose(file);
  return data;
}

/** Runs p_linear's first call on a loaded module. */
static void run_linear(et_module* module) {
  EXPECT(et_module_num_methods(module) == 1);
  EXPECT(strcmp(et_module_method_name(module, 0), "forward") == 0);
  EXPECT(et_module_method_name(module, 1) == NULL);
  size_t count = 0;
  EXPECT(et_module_num_inputs(module, "forward", &count) == ET_OK && count == 1);
  EXPECT(et_module_num_outputs(module, "forward", &count) == ET_OK && count == 1);
  et_kind kind = -1;
  et_dtype dtype = -1;
  size_t rank = 0;
  int32_t sizes[ET_MAX_RANK];
  EXPECT(et_module_input_info(module, "forward", 0, &kind, &dtype, &rank, sizes) == ET_OK);
  EXPECT(kind == ET_KIND_TENSOR && dtype == ET_DTYPE_FLOAT && rank > 0);
  EXPECT(et_module_input_info(module, "forward", 1, NULL, NULL, NULL, NULL) == ET_INVALID_ARGUMENT);
  EXPECT(et_module_output_info(module, "forward", 0, NULL, &dtype, NULL, NULL) == ET_OK);
  EXPECT(et_module_load_method(module, "forward") == ET_OK);

  const et_value* output = NULL;
  size_t nbytes = 0;
  void* data = read_file(path_of("p_linear/inputs/0.bin"), &nbytes);
  et_value* input = NULL;
  EXPECT(et_value_new_tensor(ET_DTYPE_FLOAT, rank, sizes, NULL, data, nbytes - 1, &input) ==
         ET_INVALID_ARGUMENT);
  EXPECT(strstr(et_last_error(), "bytes") != NULL);
  EXPECT(input == NULL);
  EXPECT(et_value_new_tensor(ET_DTYPE_FLOAT, rank, sizes, NULL, data, nbytes, &input) == ET_OK);
  EXPECT(et_module_set_input(module, "forward", 7, input) == ET_INVALID_ARGUMENT);
  for (int i = 0; i < 2; ++i) {
    EXPECT(et_module_set_input(module, "forward", 0, input) == ET_OK);
    EXPECT(et_module_run(module, "forward") == ET_OK);
  }
  EXPECT(et_module_output(module, "forward", 1, &output) == ET_INVALID_ARGUMENT);
  EXPECT(et_module_output(module, "forward", 0, &output) == ET_OK);
  EXPECT(et_value_kind(output) == ET_KIND_TENSOR);
  EXPECT(et_tensor_dtype(output) == ET_DTYPE_FLOAT);
  EXPECT(et_tensor_dim_order(output)[0] == 0);
  size_t expected_bytes = 0;
  float* expected = read_file(path_of("p_linear/expected/0.bin"), &expected_bytes);
  EXPECT(et_tensor_nbytes(output) == expected_bytes);
  size_t elements = 1;
  for (size_t i = 0; i < et_tensor_rank(output); ++i) {
    elements *= (size_t)et_tensor_sizes(output)[i];
  }
  EXPECT(elements * sizeof(float) == expected_bytes);
  const float* actual = et_tensor_data(output);
  for (size_t i = 0; i < elements; ++i) {
    const float difference = actual[i] - expected[i];
    EXPECT(difference < 1e-4f && difference > -1e-4f);
  }
  double number = 0;
  EXPECT(et_value_get_double(output, &number) == ET_INVALID_TYPE);
  et_value_free(input);
  free(expected);
  free(data);
}

static void test_file(void) {
  et_options* options = NULL;
  EXPECT(et_options_new(&options) == ET_OK);
  EXPECT(et_options_set_full_verification(options, 1) == ET_OK);
  EXPECT(et_options_set_load_mode(options, 99) == ET_INVALID_ARGUMENT);
  for (et_load_mode mode = ET_LOAD_FILE; mode <= ET_LOAD_MMAP_MADVISE; ++mode) {
    if (mode == ET_LOAD_MMAP_MLOCK) {
      continue; /* The system may refuse it. */
    }
    et_module* module = NULL;
    EXPECT(et_options_set_load_mode(options, mode) == ET_OK);
    EXPECT(et_module_load(path_of("p_linear/program.pte"), options, &module) == ET_OK);
    if (module != NULL) {
      run_linear(module);
    }
    et_module_free(module);
  }
  et_options_free(options);
}

static void test_buffer(void) {
  size_t nbytes = 0;
  void* data = read_file(path_of("p_linear/program.pte"), &nbytes);
  et_module* module = NULL;
  EXPECT(et_module_load_buffer(data, nbytes, NULL, &module) == ET_OK);
  if (module != NULL) {
    const et_value* output = NULL;
    EXPECT(et_module_output(module, "forward", 0, &output) == ET_INVALID_STATE);
    run_linear(module);
  }
  et_module_free(module);
  module = NULL;
  EXPECT(et_module_load_buffer(data, 40, NULL, &module) != ET_OK && module == NULL);
  free(data);
}

static void test_profile(void) {
  et_options* options = NULL;
  et_module* module = NULL;
  EXPECT(et_options_new(&options) == ET_OK);
  EXPECT(et_options_set_profiling(options, 1) == ET_OK);
  const et_status status = et_module_load(path_of("p_linear/program.pte"), options, &module);
  char path[4096];
  snprintf(path, sizeof(path), "%s/c_api_test.etdp", temporary);
  if (status == ET_OK) {
    run_linear(module);
    EXPECT(et_module_write_profile(module, "/nonexistent/folder/x") == ET_ACCESS_FAILED);
    run_linear(module);
    EXPECT(et_module_write_profile(module, path) == ET_OK);
    size_t nbytes = 0;
    char* data = read_file(path, &nbytes);
    EXPECT(nbytes > 12 && memcmp(data + 8, "ED00", 4) == 0);
    free(data);
    EXPECT(et_module_write_profile(module, path) == ET_INVALID_STATE);
  } else {
    EXPECT(status == ET_NOT_SUPPORTED);
  }
  et_module_free(module);
  et_options_free(options);
}

static void test_values(void) {
  et_value* value = NULL;
  int64_t integer = 0;
  double number = 0;
  int truth = 0;
  const char* text = NULL;
  EXPECT(et_value_new_int(-5, &value) == ET_OK && et_value_kind(value) == ET_KIND_INT);
  EXPECT(et_value_get_int(value, &integer) == ET_OK && integer == -5);
  EXPECT(et_value_get_bool(value, &truth) == ET_INVALID_TYPE);
  EXPECT(et_tensor_data(value) == NULL && et_tensor_dtype(value) == -1);
  et_value_free(value);
  EXPECT(et_value_new_double(0.5, &value) == ET_OK);
  EXPECT(et_value_get_double(value, &number) == ET_OK && number == 0.5);
  et_value_free(value);
  EXPECT(et_value_new_bool(3, &value) == ET_OK);
  EXPECT(et_value_get_bool(value, &truth) == ET_OK && truth == 1);
  et_value_free(value);
  EXPECT(et_value_new_string("text", &value) == ET_OK);
  EXPECT(et_value_get_string(value, &text) == ET_OK && strcmp(text, "text") == 0);
  et_value_free(value);
  EXPECT(et_value_new_none(&value) == ET_OK && et_value_kind(value) == ET_KIND_NONE);
  et_value_free(value);

  int8_t bytes[6] = {0};
  const int32_t sizes[2] = {2, 3};
  const uint8_t order[2] = {1, 0};
  const uint8_t no_order[2] = {1, 1};
  EXPECT(et_value_new_tensor(ET_DTYPE_INT8, 2, sizes, order, bytes, 6, &value) == ET_OK);
  EXPECT(et_tensor_dim_order(value)[0] == 1);
  et_value_free(value);
  EXPECT(et_value_new_tensor(ET_DTYPE_INT8, 2, sizes, no_order, bytes, 6, &value) != ET_OK);
  EXPECT(et_value_new_tensor(99, 2, sizes, NULL, bytes, 6, &value) == ET_INVALID_ARGUMENT);
  EXPECT(et_value_new_tensor(ET_DTYPE_INT8, 17, sizes, NULL, bytes, 6, &value) ==
         ET_INVALID_ARGUMENT);
  EXPECT(et_value_new_tensor(ET_DTYPE_INT8, 2, NULL, NULL, bytes, 6, &value) ==
         ET_INVALID_ARGUMENT);
  EXPECT(et_value_new_tensor(ET_DTYPE_INT8, 2, sizes, NULL, NULL, 6, &value) ==
         ET_INVALID_ARGUMENT);
}

static void test_bad_arguments(void) {
  et_module* module = NULL;
  EXPECT(et_module_load(NULL, NULL, &module) == ET_INVALID_ARGUMENT);
  EXPECT(et_module_load("/nonexistent.pte", NULL, &module) == ET_ACCESS_FAILED);
  EXPECT(strstr(et_last_error(), "/nonexistent.pte") != NULL);
  EXPECT(et_module_load(path_of("p_linear/program.pte"), NULL, NULL) == ET_INVALID_ARGUMENT);
  EXPECT(et_module_load_buffer(NULL, 100, NULL, &module) == ET_INVALID_ARGUMENT);
  EXPECT(module == NULL);
  EXPECT(et_module_num_methods(NULL) == 0 && et_module_method_name(NULL, 0) == NULL);
  EXPECT(et_module_run(NULL, "forward") == ET_INVALID_ARGUMENT);
  EXPECT(et_value_kind(NULL) == ET_KIND_NONE && et_tensor_sizes(NULL) == NULL);
  EXPECT(et_value_get_int(NULL, NULL) == ET_INVALID_ARGUMENT);
  EXPECT(et_options_set_backend_int(NULL, "b", "k", 1) == ET_INVALID_ARGUMENT);
  EXPECT(strcmp(et_status_name(ET_INVALID_PROGRAM), "Error::InvalidProgram") == 0);
  et_module_free(NULL);
  et_value_free(NULL);
  et_options_free(NULL);
  EXPECT(et_module_load(path_of("p_linear/program.pte"), NULL, &module) == ET_OK);
  EXPECT(et_module_run(module, "no_such_method") == ET_INVALID_ARGUMENT);
  EXPECT(et_module_run(module, NULL) == ET_INVALID_ARGUMENT);
  EXPECT(et_module_run(module, "forward") != ET_OK); /* The input is not set. */
  EXPECT(et_module_set_input(module, "forward", 0, NULL) == ET_INVALID_ARGUMENT);
  EXPECT(et_module_write_profile(module, "x") != ET_OK);
  et_module_free(module);

  EXPECT(et_c_api_version() >> 16 == ET_C_API_VERSION_MAJOR);
  EXPECT(et_set_num_threads(0) == ET_INVALID_ARGUMENT);
  EXPECT(et_set_num_threads(1) == ET_OK);
  EXPECT(et_get_num_threads() == 1);
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s CORPUS_FOLDER TEMPORARY_FOLDER\n", argv[0]);
    return 2;
  }
  corpus = argv[1];
  temporary = argv[2];
  test_file();
  test_buffer();
  test_profile();
  test_values();
  test_bad_arguments();
  printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}

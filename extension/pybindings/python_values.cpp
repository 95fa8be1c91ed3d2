// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/pybindings/python_values.h>

#include <pybind11/numpy.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include <executorch/extension/pybindings/python_error.h>
#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>

namespace executorch {
namespace extension {
namespace pybindings {

namespace py = pybind11;

using aten::ScalarType;
using runtime::EValue;
using runtime::MethodMeta;
using runtime::Tag;
using runtime::TensorInfo;

namespace {

struct ElementType {
  ScalarType type;
  // The same width, but not always the same meaning.
  const char* numpy_name;
  const char* torch_name;

  const char* name(TensorFamily family) const {
    return family == TensorFamily::Torch ? torch_name : numpy_name;
  }
};

constexpr ElementType kElementTypes[] = {
    {ScalarType::Byte, "uint8", "uint8"},
    {ScalarType::Char, "int8", "int8"},
    {ScalarType::Short, "int16", "int16"},
    {ScalarType::Int, "int32", "int32"},
    {ScalarType::Long, "int64", "int64"},
    {ScalarType::Half, "float16", "float16"},
    {ScalarType::Float, "float32", "float32"},
    {ScalarType::Double, "float64", "float64"},
    {ScalarType::ComplexFloat, "complex64", "complex64"},
    {ScalarType::ComplexDouble, "complex128", "complex128"},
    {ScalarType::Bool, "bool", "bool"},
    {ScalarType::BFloat16, "uint16", "bfloat16"},
    {ScalarType::Float8_e5m2, "uint8", "float8_e5m2"},
    {ScalarType::Float8_e4m3fn, "uint8", "float8_e4m3fn"},
    {ScalarType::Float8_e5m2fnuz, "uint8", "float8_e5m2fnuz"},
    {ScalarType::Float8_e4m3fnuz, "uint8", "float8_e4m3fnuz"},
    {ScalarType::UInt16, "uint16", "uint16"},
    {ScalarType::UInt32, "uint32", "uint32"},
    {ScalarType::UInt64, "uint64", "uint64"},
};

const ElementType& element_type(ScalarType type) {
  for (const ElementType& entry : kElementTypes) {
    if (entry.type == type) {
      return entry;
    }
  }
  throw PythonError(runtime::Error::NotSupported,
                    std::string("neither NumPy nor torch arrays hold elements of type ") +
                        runtime::toString(type));
}

// NumPy's object for an element type. Never freed, as Python may be gone by then.
const py::dtype& numpy_dtype(const ElementType& type) {
  static py::dtype* dtypes[std::size(kElementTypes)] = {};
  py::dtype*& dtype = dtypes[&type - kElementTypes];
  if (dtype == nullptr) {
    dtype = new py::dtype(type.numpy_name);
  }
  return *dtype;
}

// What is used of torch, so that it need not be looked up in every call.
struct Torch {
  explicit Torch(const py::object& torch)
      : tensor_type(torch.attr("Tensor")),
        strided(torch.attr("strided")),
        from_numpy(torch.attr("from_numpy")),
        numpy_method(py::reinterpret_steal<py::object>(PyUnicode_InternFromString("numpy"))) {
    for (const ElementType& type : kElementTypes) {
      // Older versions do not have all of them.
      dtypes.push_back(py::getattr(torch, type.torch_name, py::none()));
    }
  }

  py::object tensor_type;
  py::object strided;
  py::object from_numpy;
  // The name of the method.
  py::object numpy_method;
  // In the order of kElementTypes.
  std::vector<py::object> dtypes;
};

// Null unless somebody has imported torch. Never freed, as Python may be gone by then.
const Torch* loaded_torch() {
  static const Torch* loaded = nullptr;
  if (loaded == nullptr) {
    const auto modules = py::reinterpret_borrow<py::dict>(PyImport_GetModuleDict());
    // A module that is still being imported has no names yet.
    if (modules.contains("torch") && py::hasattr(modules["torch"], "from_numpy")) {
      loaded = new Torch(modules["torch"]);
    }
  }
  return loaded;
}

bool is_torch_tensor(py::handle object) {
  const Torch* torch = loaded_torch();
  return torch != nullptr && py::isinstance(object, torch->tensor_type);
}

// The name of a torch.dtype.
std::string torch_name(py::handle dtype) {
  for (size_t i = 0; i < std::size(kElementTypes); ++i) {
    if (loaded_torch()->dtypes[i].is(dtype)) {
      return kElementTypes[i].torch_name;
    }
  }
  return py::str(dtype);
}

bool is_array_like(py::handle object) {
  return PyObject_CheckBuffer(object.ptr()) != 0 || py::hasattr(object, "__array__") ||
         py::hasattr(object, "__dlpack__");
}

std::string type_name(py::handle object) {
  return py::str(py::type::handle_of(object).attr("__name__"));
}

// Throws OverflowError if the number does not fit.
int64_t to_int64(py::handle object) {
  const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(object.ptr()));
  const long long value = integer ? PyLong_AsLongLong(integer.ptr()) : -1;
  if (value == -1 && PyErr_Occurred() != nullptr) {
    throw py::error_already_set();
  }
  return value;
}

// Names an input in a sentence, which is only needed when something is wrong.
struct InputName {
  const MethodMeta& meta;
  size_t index;

  std::string str() const { return "input " + std::to_string(index) + " of '" + meta.name() + "'"; }
};

// A view of an object's memory by the buffer protocol, given back when it dies.
class Buffer final {
 public:
  Buffer() = default;
  ~Buffer() {
    if (is_held_) {
      PyBuffer_Release(&view_);
    }
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void get(py::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_RECORDS_RO) != 0) {
      throw py::error_already_set();
    }
    is_held_ = true;
  }

  const Py_buffer& operator*() const { return view_; }
  const Py_buffer* operator->() const { return &view_; }

 private:
  Py_buffer view_;
  bool is_held_ = false;
};

// NumPy's name of an element type of the buffer protocol, as far as there are tensors of it; else
// null.
const char* numpy_name(const Py_buffer& buffer) {
  const char* code = buffer.format == nullptr ? "B" : buffer.format;
  if (*code == '@' || *code == '=' || *code == '<' || *code == '|') {
    ++code;
  }
  const auto sized = [&](const char* one, const char* two, const char* four, const char* eight) {
    switch (buffer.itemsize) {
      case 1:
        return one;
      case 2:
        return two;
      case 4:
        return four;
      case 8:
        return eight;
      default:
        return static_cast<const char*>(nullptr);
    }
  };
  if (std::strcmp(code, "Zf") == 0) {
    return "complex64";
  }
  if (std::strcmp(code, "Zd") == 0) {
    return "complex128";
  }
  if (code[0] == '\0' || code[1] != '\0') {
    return nullptr;
  }
  switch (code[0]) {
    case '?':
      return "bool";
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
      return sized("int8", "int16", "int32", "int64");
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
      return sized("uint8", "uint16", "uint32", "uint64");
    case 'e':
    case 'f':
    case 'd':
      return sized(nullptr, "float16", "float32", "float64");
    default:
      return nullptr;
  }
}

// Somebody's array: memory, which `owner` and `buffer` keep, and what is in it.
struct ArrayView {
  TensorFamily family;
  py::object owner;
  Buffer buffer;
  std::string dtype;
  const char* data = nullptr;
  size_t rank = 0;
  py::ssize_t sizes[runtime::kTensorDimensionLimit];
  // In bytes.
  py::ssize_t strides[runtime::kTensorDimensionLimit];
  py::ssize_t element_size = 0;
  bool is_readonly = false;

  void set_rank(size_t new_rank, const InputName& name) {
    if (new_rank > runtime::kTensorDimensionLimit) {
      throw_invalid_argument(name.str() + " has " + std::to_string(new_rank) +
                             " dimensions; at most " +
                             std::to_string(runtime::kTensorDimensionLimit) + " are possible");
    }
    rank = new_rank;
  }
};

void view_buffer(py::handle object, const InputName& name, ArrayView& view) {
  view.buffer.get(object);
  const Py_buffer& buffer = *view.buffer;
  if (const char* dtype = numpy_name(buffer)) {
    view.dtype = dtype;
  } else {
    view.dtype = "'" + std::string(buffer.format == nullptr ? "" : buffer.format) + "'";
  }
  view.data = static_cast<const char*>(buffer.buf);
  view.set_rank(static_cast<size_t>(buffer.ndim), name);
  std::copy_n(buffer.shape, view.rank, view.sizes);
  std::copy_n(buffer.strides, view.rank, view.strides);
  view.element_size = buffer.itemsize;
  view.is_readonly = buffer.readonly != 0;
}

void view_torch_tensor(py::handle tensor, const InputName& name, ArrayView& view) {
  const Torch& torch = *loaded_torch();
  view.family = TensorFamily::Torch;
  // Most tensors are an array of NumPy's, too, which is the quickest way to all of their
  // properties.
  if (py::type::handle_of(tensor).is(torch.tensor_type)) {
    view.owner = py::reinterpret_steal<py::object>(
        PyObject_CallMethodNoArgs(tensor.ptr(), torch.numpy_method.ptr()));
    if (view.owner) {
      view_buffer(view.owner, name, view);
      return;
    }
    PyErr_Clear();
  }
  if (!tensor.attr("is_cpu").cast<bool>()) {
    const std::string device = py::str(tensor.attr("device"));
    throw_invalid_argument(name.str() + " is on device '" + device + "'; it must be on the CPU");
  }
  const py::object layout = tensor.attr("layout");
  if (!layout.is(torch.strided)) {
    throw_invalid_argument(name.str() + " has layout " + std::string(py::str(layout)) +
                           "; it must be torch.strided");
  }
  // A view may have its conjugation or negation still to be done.
  view.owner = tensor.attr("resolve_neg")();
  if (view.owner.attr("is_conj")().cast<bool>()) {
    view.owner = view.owner.attr("resolve_conj")();
  }
  view.dtype = torch_name(view.owner.attr("dtype"));
  view.data = reinterpret_cast<const char*>(view.owner.attr("data_ptr")().cast<uintptr_t>());
  view.element_size = view.owner.attr("element_size")().cast<py::ssize_t>();
  view.set_rank(view.owner.attr("dim")().cast<size_t>(), name);
  const py::tuple shape = view.owner.attr("shape");
  const py::tuple strides = view.owner.attr("stride")();
  for (size_t i = 0; i < view.rank; ++i) {
    view.sizes[i] = shape[i].cast<py::ssize_t>();
    view.strides[i] = strides[i].cast<py::ssize_t>() * view.element_size;
  }
}

void view_array(py::handle object, const InputName& name, ArrayView& view) {
  view.family = TensorFamily::NumPy;
  if (PyObject_CheckBuffer(object.ptr()) != 0) {
    view.owner = py::reinterpret_borrow<py::object>(object);
  } else if (py::hasattr(object, "__array__")) {
    view.owner = py::module_::import("numpy").attr("asarray")(object);
  } else {
    view.owner = py::module_::import("numpy").attr("from_dlpack")(object);
  }
  view_buffer(view.owner, name, view);
}

// Whether the elements follow each other in memory without gaps, outermost dimension first.
bool is_dense(const ArrayView& view, const aten::DimOrderType* dim_order) {
  py::ssize_t stride = view.element_size;
  for (size_t i = view.rank; i-- > 0;) {
    const size_t dim = dim_order[i];
    if (view.sizes[dim] == 0) {
      return true;
    }
    if (view.sizes[dim] != 1 && view.strides[dim] != stride) {
      return false;
    }
    stride *= view.sizes[dim];
  }
  return true;
}

// Copies the elements below dimension dim_order[level] so that they follow each other. Returns the
// end of what was written.
template <typename Element>
char* copy_densely(const ArrayView& view, const aten::DimOrderType* dim_order, size_t level,
                   const char* from, char* to) {
  if (level == view.rank) {
    std::memcpy(to, from, sizeof(Element));
    return to + sizeof(Element);
  }
  const size_t dim = dim_order[level];
  for (py::ssize_t i = 0; i < view.sizes[dim]; ++i) {
    to = copy_densely<Element>(view, dim_order, level + 1, from + i * view.strides[dim], to);
  }
  return to;
}

void copy_densely(const ArrayView& view, const aten::DimOrderType* dim_order, void* to) {
  struct Wide {
    char bytes[16];
  };
  char* destination = static_cast<char*>(to);
  switch (view.element_size) {
    case 1:
      copy_densely<uint8_t>(view, dim_order, 0, view.data, destination);
      break;
    case 2:
      copy_densely<uint16_t>(view, dim_order, 0, view.data, destination);
      break;
    case 4:
      copy_densely<uint32_t>(view, dim_order, 0, view.data, destination);
      break;
    case 8:
      copy_densely<uint64_t>(view, dim_order, 0, view.data, destination);
      break;
    default:
      copy_densely<Wide>(view, dim_order, 0, view.data, destination);
  }
}

py::array array_of_copy(const aten::Tensor& tensor, const ElementType& type) {
  const auto sizes = tensor.sizes();
  const auto dim_order = tensor.dim_order();
  std::vector<py::ssize_t> shape(sizes.begin(), sizes.end());
  if (runtime::is_contiguous_dim_order(dim_order.data(), dim_order.size())) {
    py::array array(numpy_dtype(type), std::move(shape));
    if (tensor.nbytes() > 0) {
      std::memcpy(array.mutable_data(), tensor.const_data_ptr(), tensor.nbytes());
    }
    return array;
  }
  // Dense in the dim order, then seen in the logical order.
  std::vector<py::ssize_t> physical;
  py::tuple axes(sizes.size());
  for (size_t i = 0; i < dim_order.size(); ++i) {
    physical.push_back(shape[dim_order[i]]);
    axes[dim_order[i]] = py::int_(i);
  }
  py::array array(numpy_dtype(type), std::move(physical));
  if (tensor.nbytes() > 0) {
    std::memcpy(array.mutable_data(), tensor.const_data_ptr(), tensor.nbytes());
  }
  return array.attr("transpose")(axes);
}

py::object tensor_to_python(const aten::Tensor& tensor, TensorFamily family,
                            const py::object& keep_alive) {
  const ElementType& type = element_type(tensor.scalar_type());
  const void* data = tensor.const_data_ptr();
  if (data == nullptr && tensor.numel() > 0) {
    throw PythonError(runtime::Error::InvalidState, "the tensor has no data yet");
  }
  py::object array;
  if (keep_alive.is_none()) {
    array = array_of_copy(tensor, type);
  } else {
    std::vector<py::ssize_t> sizes(tensor.sizes().begin(), tensor.sizes().end());
    std::vector<py::ssize_t> strides;
    for (const auto stride : tensor.strides()) {
      strides.push_back(static_cast<py::ssize_t>(stride) * tensor.element_size());
    }
    // A base makes NumPy refer to the memory instead of copying it.
    array = py::array(numpy_dtype(type), std::move(sizes), std::move(strides), data, keep_alive);
  }
  if (family == TensorFamily::NumPy) {
    return array;
  }
  const Torch* torch = loaded_torch();
  py::object result = torch->from_numpy(array);
  if (std::strcmp(type.numpy_name, type.torch_name) != 0) {
    result = result.attr("view")(torch->dtypes[&type - kElementTypes]);
  }
  return result;
}

template <typename List, typename Convert>
py::list list_to_python(const List& list, Convert convert) {
  py::list result;
  for (const auto& element : list) {
    result.append(convert(element));
  }
  return result;
}

}  // namespace

TensorFamily default_tensor_family() {
  return loaded_torch() != nullptr ? TensorFamily::Torch : TensorFamily::NumPy;
}

// What a TensorImpl refers to.
struct Inputs::Tensor {
  ArrayView view;
  // Used instead of the view's data if that is not laid out as the program wants it.
  std::unique_ptr<std::max_align_t[]> copy;
  aten::SizesType sizes[runtime::kTensorDimensionLimit];
  aten::DimOrderType dim_order[runtime::kTensorDimensionLimit];
  aten::StridesType strides[runtime::kTensorDimensionLimit];
  std::optional<aten::TensorImpl> impl;
};

Inputs::~Inputs() = default;

void Inputs::add_tensor(py::handle object, const MethodMeta& meta, size_t index) {
  const InputName name{meta, index};
  const TensorInfo info = unwrap(meta.input_tensor_meta(index));
  const bool is_torch = is_torch_tensor(object);
  if (!is_torch && !is_array_like(object)) {
    throw_invalid_argument(name.str() + " must be a tensor, not a " + type_name(object));
  }
  Tensor& tensor = tensors_[num_tensors_++];
  ArrayView& view = tensor.view;
  if (is_torch) {
    view_torch_tensor(object, name, view);
  } else {
    view_array(object, name, view);
  }
  const ElementType& type = element_type(info.scalar_type());
  // What NumPy and torch both have, they call by the same name.
  if (view.dtype != type.name(view.family)) {
    const bool is_bits =
        view.family == TensorFamily::NumPy && std::strcmp(type.numpy_name, type.torch_name) != 0;
    throw_invalid_argument(name.str() + " must have elements of type " + type.name(view.family) +
                           (is_bits ? std::string(", the bits of ") + type.torch_name : "") +
                           ", not " + view.dtype);
  }

  py::ssize_t nbytes = view.element_size;
  for (size_t dim = 0; dim < view.rank; ++dim) {
    const py::ssize_t size = view.sizes[dim];
    if (size > std::numeric_limits<aten::SizesType>::max() ||
        runtime::mul_overflows(nbytes, size, &nbytes)) {
      throw_invalid_argument(name.str() + " is too large: it has a dimension of size " +
                             std::to_string(size));
    }
    tensor.sizes[dim] = static_cast<aten::SizesType>(size);
  }
  if (view.data == nullptr && nbytes > 0) {
    throw_invalid_argument(name.str() + " has no data");
  }
  if (view.rank == info.dim_order().size()) {
    std::copy_n(info.dim_order().begin(), view.rank, tensor.dim_order);
  } else {
    // A wrong rank, which the method will refuse.
    std::iota(tensor.dim_order, tensor.dim_order + view.rank, aten::DimOrderType{0});
  }
  check(runtime::dim_order_to_stride(tensor.sizes, tensor.dim_order, view.rank, tensor.strides));

  // A method may write to an input that it uses in place.
  const bool is_aligned =
      reinterpret_cast<uintptr_t>(view.data) % static_cast<size_t>(view.element_size) == 0;
  const bool may_be_used = is_aligned && (info.is_memory_planned() || !view.is_readonly) &&
                           is_dense(view, tensor.dim_order);
  const char* data = view.data;
  if (!may_be_used) {
    // A broadcast array may be much larger than its memory.
    const auto size = static_cast<size_t>(nbytes);
    if (size > info.nbytes()) {
      throw_invalid_argument(name.str() + " has " + std::to_string(size) +
                             " bytes; the program takes " + std::to_string(info.nbytes()) +
                             " at most");
    }
    tensor.copy.reset(new std::max_align_t[size / sizeof(std::max_align_t) + 1]);
    copy_densely(view, tensor.dim_order, tensor.copy.get());
    data = reinterpret_cast<const char*>(tensor.copy.get());
  }
  tensor.impl.emplace(info.scalar_type(), static_cast<ssize_t>(view.rank), tensor.sizes,
                      const_cast<char*>(data), tensor.dim_order, tensor.strides);
  values_.emplace_back(aten::Tensor(&*tensor.impl));
}

Inputs::Inputs(py::handle inputs, const MethodMeta& meta) {
  py::object sequence = py::reinterpret_borrow<py::object>(inputs);
  if (!py::isinstance<py::list>(inputs) && !py::isinstance<py::tuple>(inputs)) {
    if (is_torch_tensor(inputs) || is_array_like(inputs)) {
      sequence = py::make_tuple(inputs);
    } else if (py::isinstance<py::str>(inputs) || !py::isinstance<py::sequence>(inputs)) {
      throw py::type_error("the inputs must be a sequence, not a " + type_name(inputs));
    } else {
      sequence = py::tuple(sequence);
    }
  }
  const auto count = static_cast<size_t>(PySequence_Fast_GET_SIZE(sequence.ptr()));
  if (count != meta.num_inputs()) {
    throw_invalid_argument("method '" + std::string(meta.name()) + "' takes " +
                           std::to_string(meta.num_inputs()) + " inputs, but " +
                           std::to_string(count) + " were given");
  }
  values_.reserve(count);
  tensors_.reset(new Tensor[count]);
  for (size_t i = 0; i < count; ++i) {
    // Owned: a conversion may run code that changes the list.
    if (static_cast<Py_ssize_t>(i) >= PySequence_Fast_GET_SIZE(sequence.ptr())) {
      throw_invalid_argument("the list of inputs has become shorter");
    }
    const auto object = py::reinterpret_borrow<py::object>(
        PySequence_Fast_GET_ITEM(sequence.ptr(), static_cast<Py_ssize_t>(i)));
    const auto require = [&](bool condition, const char* expected) {
      if (!condition) {
        throw_invalid_argument(InputName{meta, i}.str() + " must be " + expected + ", not a " +
                               type_name(object));
      }
    };
    PyObject* raw = object.ptr();
    const bool is_integer = PyIndex_Check(raw) != 0 && !PyBool_Check(raw);
    switch (unwrap(meta.input_tag(i))) {
      case Tag::None:
        require(object.is_none(), "None");
        values_.emplace_back();
        break;
      case Tag::Bool:
        require(PyBool_Check(raw), "a bool");
        values_.emplace_back(raw == Py_True);
        break;
      case Tag::Int:
        require(is_integer, "an int");
        values_.emplace_back(to_int64(object));
        break;
      case Tag::Double:
        require(is_integer || PyFloat_Check(raw), "a float");
        values_.emplace_back(object.cast<double>());
        break;
      case Tag::String: {
        require(py::isinstance<py::str>(object), "a str");
        const auto& string =
            strings_.emplace_back(std::make_unique<String>(String{object.cast<std::string>(), {}}));
        string->ref = {string->text.data(), string->text.size()};
        values_.emplace_back(&string->ref);
        break;
      }
      default:
        add_tensor(object, meta, i);
    }
  }
  family_ = num_tensors_ == 0 ? default_tensor_family() : TensorFamily::NumPy;
  for (size_t i = 0; i < num_tensors_; ++i) {
    if (tensors_[i].view.family == TensorFamily::Torch) {
      family_ = TensorFamily::Torch;
    }
  }
}

py::object to_python(const EValue& value, TensorFamily family, const py::object& keep_alive) {
  const auto tensor = [&](const aten::Tensor& element) {
    return tensor_to_python(element, family, keep_alive);
  };
  switch (value.tag) {
    case Tag::None:
      return py::none();
    case Tag::Bool:
      return py::bool_(value.toBool());
    case Tag::Int:
      return py::int_(value.toInt());
    case Tag::Double:
      return py::float_(value.toDouble());
    case Tag::String:
      return py::str(value.toString().data(), value.toString().size());
    case Tag::Tensor:
      return tensor(value.toTensor());
    case Tag::ListBool:
      return list_to_python(unwrap(value.tryToBoolList()), [](bool x) { return py::bool_(x); });
    case Tag::ListDouble:
      return list_to_python(unwrap(value.tryToDoubleList()),
                            [](double x) { return py::float_(x); });
    case Tag::ListInt:
      return list_to_python(unwrap(value.tryToIntList()), [](int64_t x) { return py::int_(x); });
    case Tag::ListTensor:
      return list_to_python(unwrap(value.tryToTensorList()), tensor);
    case Tag::ListOptionalTensor:
      return list_to_python(unwrap(value.tryToListOptionalTensor()),
                            [&](const std::optional<aten::Tensor>& element) {
                              return element ? tensor(*element) : py::object(py::none());
                            });
    default:
      throw PythonError(runtime::Error::NotSupported, std::string("Python has no value for ") +
                                                          runtime::tag_to_string(value.tag));
  }
}

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch

// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/memory_overlap.h>

#include <cinttypes>
#include <cstddef>
#include <cstring>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/operator_name.h>
#include <executorch/runtime/executor/program_validation.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/schema/program_generated.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

namespace fb = executorch_flatbuffer;

bool get_planned_place(const fb::ExecutionPlan* plan, uint32_t value, PlannedPlace* place) {
  const fb::Tensor* tensor = plan->values()->Get(value)->val_as_Tensor();
  const fb::AllocationDetails* allocation = tensor == nullptr ? nullptr : tensor->allocation_info();
  size_t nbytes = 0;
  if (allocation == nullptr || internal::nbytes_overflow(tensor, &nbytes)) {
    return false;
  }
  place->arena = allocation->memory_id();
  place->begin = static_cast<uint64_t>(allocation->memory_offset_high()) << 32 |
                 allocation->memory_offset_low();
  return !add_overflows<uint64_t>(place->begin, nbytes, &place->end);
}

namespace {

/// Walks a plan and keeps track of whose bytes the arenas hold.
class OverlapChecker {
 public:
  OverlapChecker(const fb::ExecutionPlan* plan, uint32_t* values) : plan_(plan), states_(values) {}

  Error check() {
    for (uint32_t i = 0; i < plan_->values()->size(); ++i) {
      states_[i] = i;
    }
    for (uint32_t i = 0; i < plan_->values()->size(); ++i) {
      const fb::Tensor* tensor = plan_->values()->Get(i)->val_as_Tensor();
      const fb::ExtraTensorInfo* extra = tensor == nullptr ? nullptr : tensor->extra_tensor_info();
      if ((tensor != nullptr && tensor->data_buffer_idx() != 0) ||
          (extra != nullptr && extra->location() == fb::TensorDataLocation::EXTERNAL)) {
        write(i);
      }
    }
    for (const int32_t input : *plan_->inputs()) {
      write(static_cast<uint32_t>(input));
    }
    for (const fb::Chain* chain : *plan_->chains()) {
      ET_CHECK_OK_OR_RETURN_ERROR(check_chain(*chain->instructions()));
    }
    return read_all(*plan_->outputs());
  }

 private:
  using Instructions = flatbuffers::Vector<flatbuffers::Offset<fb::Instruction>>;

  /// Bytes that a value has written and nothing has overwritten.
  struct Owned {
    PlannedPlace place;
    uint32_t owner;
    uint32_t step;
  };
  /// A jump to a later instruction.
  struct Jump {
    uint32_t target;
    uint32_t step;
  };

  // More are forgotten, oldest first.
  static constexpr size_t kMaxOwned = 256;
  static constexpr size_t kMaxJumps = 32;
  // A file of long lists that many instructions use cannot make the check take long: it ends.
  static constexpr uint32_t kMaxLooks = 4000000;
  // Of an operator, kept for as many of them.
  static constexpr size_t kMaxOperators = 128;
  static constexpr uint8_t kIsKnown = 1;
  static constexpr uint8_t kIsView = 2;
  static constexpr uint8_t kIsInPlace = 4;
  // Of a value's state.
  static constexpr uint32_t kIsWritten = 0x80000000u;
  static constexpr uint32_t kIsPart = 0x40000000u;
  static constexpr uint32_t kNobody = 0x3fffffffu;

  Error check_chain(const Instructions& instructions) {
    const uint32_t count = instructions.size();
    // Loops are walked twice, but a file cannot make this take long.
    uint64_t budget = uint64_t(count) * 4 + 1024;
    num_jumps_ = 0;
    for (uint32_t i = 0; i < count; ++i) {
      ET_CHECK_OK_OR_RETURN_ERROR(check_instruction(instructions.Get(i), i));
      const fb::JumpFalseCall* jump = instructions.Get(i)->instr_args_as_JumpFalseCall();
      if (jump == nullptr || static_cast<uint32_t>(jump->destination_instruction()) > i) {
        continue;
      }
      const uint32_t begin = static_cast<uint32_t>(jump->destination_instruction());
      if (i - begin + 1 > budget) {
        num_owned_ = 0;
        continue;
      }
      budget -= i - begin + 1;
      is_repeating_ = true;
      for (uint32_t k = begin; k <= i; ++k) {
        ET_CHECK_OK_OR_RETURN_ERROR(check_instruction(instructions.Get(k), k));
      }
      is_repeating_ = false;
    }
    return Error::Ok;
  }

  Error check_instruction(const fb::Instruction* instruction, uint32_t index) {
    ++step_;
    index_ = index;
    for (size_t i = num_jumps_; i-- > 0;) {
      if (jumps_[i].target == index) {
        forget_since(jumps_[i].step);
        jumps_[i] = jumps_[--num_jumps_];
      }
    }
    switch (instruction->instr_args_type()) {
      case fb::InstructionArguments::KernelCall:
        return check_kernel(instruction->instr_args_as_KernelCall());
      case fb::InstructionArguments::DelegateCall: {
        if (is_repeating_) {
          return Error::Ok;
        }
        // Which arguments are outputs, the file does not say.
        for (const int32_t arg : *instruction->instr_args_as_DelegateCall()->args()) {
          const uint32_t value = static_cast<uint32_t>(arg);
          if (is_written(value)) {
            ET_CHECK_OK_OR_RETURN_ERROR(read(value));
          } else {
            claim(value);
          }
        }
        return Error::Ok;
      }
      case fb::InstructionArguments::MoveCall: {
        const fb::MoveCall* move = instruction->instr_args_as_MoveCall();
        alias(static_cast<uint32_t>(move->move_to()), static_cast<uint32_t>(move->move_from()));
        return Error::Ok;
      }
      case fb::InstructionArguments::JumpFalseCall: {
        const fb::JumpFalseCall* jump = instruction->instr_args_as_JumpFalseCall();
        const uint32_t target = static_cast<uint32_t>(jump->destination_instruction());
        if (target > index) {
          if (num_jumps_ == kMaxJumps) {
            num_jumps_ = 0;
            forget_since(0);
          }
          jumps_[num_jumps_++] = {target, step_};
        }
        return read(static_cast<uint32_t>(jump->cond_value_index()));
      }
      default:
        return Error::Ok;
    }
  }

  Error check_kernel(const fb::KernelCall* call) {
    const auto& args = *call->args();
    if (args.size() == 0) {
      return Error::Ok;
    }
    uint8_t flags = 0;
    ET_CHECK_OK_OR_RETURN_ERROR(get_flags(static_cast<uint32_t>(call->op_index()), &flags));
    const uint32_t first = static_cast<uint32_t>(args.Get(0));
    const uint32_t last = static_cast<uint32_t>(args.Get(args.size() - 1));
    if ((flags & kIsView) != 0) {
      alias(last, first);
      return Error::Ok;
    }
    const bool is_in_place = (flags & kIsInPlace) != 0;
    const fb::TensorList* results = plan_->values()->Get(last)->val_as_TensorList();
    for (uint32_t i = 0; i + 1 < args.size(); ++i) {
      const uint32_t arg = static_cast<uint32_t>(args.Get(i));
      if (arg == last || (results != nullptr && contains(*results->items(), args.Get(i)))) {
        continue;
      }
      if (i > 0 || !is_in_place || is_written(arg)) {
        ET_CHECK_OK_OR_RETURN_ERROR(read(arg));
      }
    }
    if (is_in_place) {
      if (is_written(first)) {
        write(first);
      } else {
        claim(first);
      }
      if (same_place(first, last)) {
        alias(last, first);
        return Error::Ok;
      }
    }
    if (results == nullptr) {
      write(last);
    } else {
      for (const int32_t result : *results->items()) {
        write(static_cast<uint32_t>(result));
      }
      ET_CHECK_OK_OR_RETURN_ERROR(read_all(*results->items()));
    }
    for (uint32_t i = 0; i + 1 < args.size(); ++i) {
      ET_CHECK_OK_OR_RETURN_ERROR(check_not_crossed(static_cast<uint32_t>(args.Get(i))));
    }
    return Error::Ok;
  }

  Error get_flags(uint32_t op, uint8_t* flags) {
    *flags = op < kMaxOperators ? operator_flags_[op] : 0;
    if (*flags == 0) {
      char name[internal::kOperatorNameSize];
      ET_CHECK_OK_OR_RETURN_ERROR(internal::get_operator_name(plan_->operators()->Get(op), name));
      *flags = static_cast<uint8_t>(kIsKnown | (internal::is_view(name) ? kIsView : 0) |
                                    (internal::is_in_place(name) ? kIsInPlace : 0));
      if (op < kMaxOperators) {
        operator_flags_[op] = *flags;
      }
    }
    return Error::Ok;
  }

  /// A result may take the place of an argument that is not needed any more, element by element,
  /// but not lie across it.
  Error check_not_crossed(uint32_t arg) {
    PlannedPlace place;
    if (home_of(arg) == kNobody || !get_planned_place(plan_, home_of(arg), &place)) {
      return Error::Ok;
    }
    for (size_t i = find_first(place); i < num_owned_ && owned_[i].place.overlaps(place); ++i) {
      ET_CHECK_OR_RETURN_ERROR(
          owned_[i].step != step_ || owned_[i].place.begin == place.begin, InvalidProgram,
          "method '%s': in instruction %" PRIu32 ", the memory of value %" PRIu32
          " lies across that of value %" PRIu32,
          plan_->name()->c_str(), index_, owned_[i].owner, arg);
    }
    return Error::Ok;
  }

  bool contains(const flatbuffers::Vector<int32_t>& items, int32_t value) {
    for (const int32_t item : items) {
      if (++num_looks_ > kMaxLooks) {
        return true;
      }
      if (item == value) {
        return true;
      }
    }
    return false;
  }

  bool same_place(uint32_t a, uint32_t b) const {
    PlannedPlace place_a, place_b;
    return a == b ||
           (get_planned_place(plan_, a, &place_a) && get_planned_place(plan_, b, &place_b) &&
            place_a.arena == place_b.arena && place_a.begin == place_b.begin);
  }

  bool is_written(uint32_t value) const { return (states_[value] & kIsWritten) != 0; }
  bool is_part(uint32_t value) const { return (states_[value] & kIsPart) != 0; }
  uint32_t target_of(uint32_t value) const { return states_[value] & ~(kIsWritten | kIsPart); }

  /// The value whose place in the file is where `value` lies now.
  uint32_t home_of(uint32_t value) const { return is_part(value) ? value : target_of(value); }
  /// The value that has written what lies there.
  uint32_t owner_of(uint32_t home) const { return is_part(home) ? target_of(home) : home; }

  /// From now on `value` refers to the memory of `target`.
  void alias(uint32_t value, uint32_t target) {
    resolve(target);
    states_[value] = home_of(target) | kIsWritten;
  }

  /// A value that nothing has written is a view without an instruction of its own, or state that a
  /// run before has left.
  void resolve(uint32_t value) {
    if (is_repeating_ && is_part(value)) {
      states_[value] = value;  // It may be an operator's scratch memory, over anything.
    }
    PlannedPlace place;
    if (!is_written(value) && get_planned_place(plan_, value, &place)) {
      if (const Owned* whole = find_whole(place)) {
        states_[value] = whole->owner | kIsWritten | kIsPart;
      }
    }
  }

  void write(uint32_t value) {
    states_[value] |= kIsWritten;
    const uint32_t home = home_of(value);
    write_as(home, owner_of(home));
  }

  /// For an argument that nothing has written: it is either written now, or a view without an
  /// instruction of its own.
  void claim(uint32_t value) {
    PlannedPlace place;
    if (get_planned_place(plan_, value, &place) && find_whole(place) != nullptr) {
      write_as(value, kNobody);
    } else {
      write(value);
    }
  }

  /// What has written all the bytes of a place; null if there is no one such value.
  const Owned* find_whole(const PlannedPlace& place) const {
    const size_t i = find_first(place);
    return i < num_owned_ && owned_[i].place.overlaps(place) &&
                   owned_[i].place.begin <= place.begin && owned_[i].place.end >= place.end
               ? &owned_[i]
               : nullptr;
  }

  /// The first bytes that end after the beginning of a place.
  size_t find_first(const PlannedPlace& place) const {
    size_t begin = 0;
    size_t end = num_owned_;
    while (begin < end) {
      const size_t middle = begin + (end - begin) / 2;
      const PlannedPlace& other = owned_[middle].place;
      if (other.arena < place.arena || (other.arena == place.arena && other.end <= place.begin)) {
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    return begin;
  }

  /// The bytes of `home` belong to `owner` now.
  void write_as(uint32_t home, uint32_t owner) {
    PlannedPlace place;
    if (!get_planned_place(plan_, home, &place) || place.begin == place.end) {
      return;
    }
    while (num_owned_ + 2 > kMaxOwned) {
      forget_oldest();
    }
    const size_t first = find_first(place);
    size_t last = first;
    while (last < num_owned_ && owned_[last].place.overlaps(place)) {
      ++last;
    }
    // What is left of the bytes that were there, on both sides.
    Owned pieces[3];
    size_t num_pieces = 0;
    if (first < last && owned_[first].place.begin < place.begin) {
      pieces[num_pieces] = owned_[first];
      pieces[num_pieces++].place.end = place.begin;
    }
    pieces[num_pieces++] = {place, owner, step_};
    if (first < last && owned_[last - 1].place.end > place.end) {
      pieces[num_pieces] = owned_[last - 1];
      pieces[num_pieces++].place.begin = place.end;
    }
    memmove(owned_ + first + num_pieces, owned_ + last, (num_owned_ - last) * sizeof(Owned));
    memcpy(owned_ + first, pieces, num_pieces * sizeof(Owned));
    num_owned_ += num_pieces - (last - first);
  }

  void forget_oldest() {
    size_t oldest = 0;
    for (size_t i = 1; i < num_owned_; ++i) {
      oldest = owned_[i].step < owned_[oldest].step ? i : oldest;
    }
    --num_owned_;
    memmove(owned_ + oldest, owned_ + oldest + 1, (num_owned_ - oldest) * sizeof(Owned));
  }

  /// What is written in a part that is not always run belongs to nobody known afterwards.
  void forget_since(uint32_t step) {
    for (size_t i = 0; i < num_owned_; ++i) {
      if (owned_[i].step >= step) {
        owned_[i].owner = kNobody;
      }
    }
  }

  Error read(uint32_t value) {
    if (++num_looks_ > kMaxLooks) {
      return Error::Ok;
    }
    const fb::EValue* file_value = plan_->values()->Get(value);
    if (const fb::TensorList* list = file_value->val_as_TensorList()) {
      return read_all(*list->items());
    }
    if (const fb::OptionalTensorList* list = file_value->val_as_OptionalTensorList()) {
      return read_all(*list->items());
    }
    resolve(value);
    PlannedPlace place;
    const uint32_t home = home_of(value);
    const uint32_t owner = owner_of(home);
    if (!is_written(value) || owner == kNobody || !get_planned_place(plan_, home, &place)) {
      return Error::Ok;
    }
    for (size_t i = find_first(place); i < num_owned_ && owned_[i].place.overlaps(place); ++i) {
      ET_CHECK_OR_RETURN_ERROR(owned_[i].owner == owner || owned_[i].owner == kNobody,
                               InvalidProgram,
                               "method '%s': instruction %" PRIu32 " reads value %" PRIu32
                               ", whose memory value %" PRIu32 " has overwritten",
                               plan_->name()->c_str(), index_, value, owned_[i].owner);
    }
    return Error::Ok;
  }

  Error read_all(const flatbuffers::Vector<int32_t>& values) {
    for (const int32_t value : values) {
      if (value >= 0) {
        ET_CHECK_OK_OR_RETURN_ERROR(read(static_cast<uint32_t>(value)));
      }
    }
    return Error::Ok;
  }

  const fb::ExecutionPlan* plan_;
  /// Per value: the value whose memory it refers to, by default itself; kIsWritten once that holds
  /// something; kIsPart if it is a part of that memory, at the place that the file says.
  uint32_t* states_;
  uint32_t step_ = 0;
  uint32_t index_ = 0;
  bool is_repeating_ = false;
  size_t num_owned_ = 0;
  uint32_t num_looks_ = 0;
  size_t num_jumps_ = 0;
  uint8_t operator_flags_[kMaxOperators] = {};
  Jump jumps_[kMaxJumps];
  /// Sorted by arena and position; no two overlap.
  Owned owned_[kMaxOwned];
};

}  // namespace

Error validate_memory_overlap(const fb::ExecutionPlan* plan) {
  auto* states =
      static_cast<uint32_t*>(pal_allocate(plan->values()->size() * sizeof(uint32_t) + 1));
  if (states == nullptr) {
    return Error::Ok;
  }
  OverlapChecker checker(plan, states);
  const Error error = checker.check();
  pal_free(states);
  return error;
}

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

// SPDX-License-Identifier: BSD-3-Clause

/// What goes into a method: values, tensors, and what Swift writes as literals.
public protocol ValueConvertible {
  func asValue() -> Value
}

extension Value: ValueConvertible {
  public func asValue() -> Value { self }

  /// The tensor, if this is one with elements of that type.
  public func tensor<T: Scalar>() -> Tensor<T>? {
    anyTensor.flatMap { $0.dataType == T.dataType ? Tensor<T>($0) : nil }
  }
}

extension AnyTensor: ValueConvertible {
  public func asValue() -> Value { Value(self) }
}

extension Tensor: ValueConvertible {
  public func asValue() -> Value { Value(anyTensor) }
}

extension String: ValueConvertible {
  public func asValue() -> Value { Value(self) }
}

extension Bool: ValueConvertible {
  public func asValue() -> Value { Value(self) }
}

extension Int: ValueConvertible {
  public func asValue() -> Value { Value(self) }
}

extension Double: ValueConvertible {
  public func asValue() -> Value { Value(self) }
}

extension Module {
  /// Runs a method with anything that can be a value.
  public func execute(_ method: String, _ inputs: [ValueConvertible]) throws -> [Value] {
    try execute(method, inputs.map { $0.asValue() })
  }

  /// Runs the method "forward".
  public func forward(_ inputs: [ValueConvertible]) throws -> [Value] {
    try execute("forward", inputs)
  }

  public func forward(_ inputs: ValueConvertible...) throws -> [Value] {
    try execute("forward", inputs)
  }
}

// SPDX-License-Identifier: BSD-3-Clause
import Foundation
@_exported import ExecuTorch

/// The types that elements of tensors can have.
public protocol Scalar {
  static var dataType: DataType { get }
}

extension UInt8: Scalar { public static let dataType = DataType.byte }
extension Int8: Scalar { public static let dataType = DataType.char }
extension Int16: Scalar { public static let dataType = DataType.short }
extension Int32: Scalar { public static let dataType = DataType.int }
extension Int64: Scalar { public static let dataType = DataType.long }
extension Int: Scalar { public static let dataType = DataType.long }
extension Float: Scalar { public static let dataType = DataType.float }
extension Double: Scalar { public static let dataType = DataType.double }
extension Bool: Scalar { public static let dataType = DataType.bool }
extension UInt16: Scalar { public static let dataType = DataType.uInt16 }
extension UInt32: Scalar { public static let dataType = DataType.uInt32 }
extension UInt64: Scalar { public static let dataType = DataType.uInt64 }
extension UInt: Scalar { public static let dataType = DataType.uInt64 }

/// Elements of type `T` in a shape.
public final class Tensor<T: Scalar>: Equatable {
  public let anyTensor: AnyTensor

  public var dataType: DataType { anyTensor.dataType }
  public var shape: [Int] { anyTensor.shape.map(\.intValue) }
  public var strides: [Int] { anyTensor.strides.map(\.intValue) }
  public var dimensionOrder: [Int] { anyTensor.dimensionOrder.map(\.intValue) }
  public var shapeDynamism: ShapeDynamism { anyTensor.shapeDynamism }
  public var count: Int { anyTensor.count }

  /// - Precondition: the elements of `anyTensor` have type `T`.
  public init(_ anyTensor: AnyTensor) {
    precondition(
      anyTensor.dataType == T.dataType,
      "expected elements of type \(T.dataType), got \(anyTensor.dataType)")
    self.anyTensor = anyTensor
  }

  /// The elements row by row, which are copied. Without a shape, a tensor of one dimension.
  public convenience init(_ elements: [T], shape: [Int]? = nil) {
    let shape = shape ?? [elements.count]
    precondition(
      elements.count == shape.reduce(1, *), "\(elements.count) elements do not make the shape \(shape)")
    let data = elements.withUnsafeBytes { Data($0) }
    self.init(AnyTensor(data: data, shape: shape.map(NSNumber.init), dataType: T.dataType))
  }

  /// A tensor of no dimensions.
  public convenience init(_ element: T) {
    self.init([element], shape: [])
  }

  /// A tensor with memory of its own.
  public func copy() -> Tensor<T> {
    Tensor(anyTensor.copy())
  }

  /// The elements in memory order. The buffer is valid while `body` runs.
  public func withUnsafeBytes<R>(_ body: (UnsafeBufferPointer<T>) throws -> R) rethrows -> R {
    try withoutActuallyEscaping(body) { body in
      var result: Result<R, Error>!
      anyTensor.bytes { pointer, count, _ in
        let start = pointer.assumingMemoryBound(to: T.self)
        result = Result { try body(UnsafeBufferPointer(start: start, count: count)) }
      }
      return try result.get()
    }
  }

  /// The elements in memory order, in an array.
  public func scalars() -> [T] {
    withUnsafeBytes { Array($0) }
  }

  /// Changes the shape within the memory that the tensor has.
  public func resize(to shape: [Int]) throws {
    try anyTensor.resize(to: shape.map(NSNumber.init))
  }

  public static func == (lhs: Tensor<T>, rhs: Tensor<T>) -> Bool {
    lhs.anyTensor.isEqual(to: rhs.anyTensor)
  }
}

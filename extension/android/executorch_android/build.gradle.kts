// SPDX-License-Identifier: BSD-3-Clause
// The Android library: the Java classes, and the native library of each ABI, which the root's CMakeLists.txt builds.
plugins {
  id("com.android.library")
}

android {
  namespace = "org.pytorch.executorch"
  compileSdk = 34
  ndkVersion = "27.2.12479018"

  defaultConfig {
    minSdk = 26
    ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
    externalNativeBuild {
      cmake {
        targets += "executorch_jni"
        arguments += listOf(
          "-DANDROID_STL=c++_shared",
          "-DEXECUTORCH_BUILD_ANDROID_JNI=ON",
          "-DEXECUTORCH_BUILD_XNNPACK=ON",
        )
      }
    }
  }

  externalNativeBuild {
    cmake {
      path = file("../../../CMakeLists.txt")
      version = "3.24.0+"
    }
  }

  compileOptions {
    sourceCompatibility = JavaVersion.VERSION_11
    targetCompatibility = JavaVersion.VERSION_11
  }
}

dependencies {
  testImplementation("junit:junit:4.13.2")
}

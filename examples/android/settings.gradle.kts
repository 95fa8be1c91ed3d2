// SPDX-License-Identifier: BSD-3-Clause
pluginManagement {
  repositories {
    google()
    mavenCentral()
    gradlePluginPortal()
  }
}

dependencyResolutionManagement {
  repositories {
    google()
    mavenCentral()
  }
}

rootProject.name = "executorch-example"
include(":app", ":executorch_android")
project(":executorch_android").projectDir = file("../../extension/android/executorch_android")

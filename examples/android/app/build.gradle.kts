// SPDX-License-Identifier: BSD-3-Clause
plugins {
  id("com.android.application")
}

android {
  namespace = "org.pytorch.executorch.example"
  compileSdk = 34

  defaultConfig {
    applicationId = "org.pytorch.executorch.example"
    minSdk = 26
    targetSdk = 34
    versionCode = 1
    versionName = "1.0"
  }

  compileOptions {
    sourceCompatibility = JavaVersion.VERSION_11
    targetCompatibility = JavaVersion.VERSION_11
  }
}

dependencies {
  implementation(project(":executorch_android"))
}

#include "base/build.h"
#include "build_info.h"

const idr_build *idr_build_get(void) {
  static const idr_build build = {
      .version = IDR_BUILD_VERSION,
      .git = IDR_BUILD_GIT,
      .compiler = IDR_BUILD_COMPILER,
      .flags = IDR_BUILD_FLAGS,
      .arch = IDR_BUILD_ARCH,
      .type = IDR_BUILD_TYPE,
      .sanitize = IDR_BUILD_SANITIZE,
      .cuda = IDR_BUILD_CUDA,
  };
  return &build;
}

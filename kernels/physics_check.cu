/* Kernel and launcher of physics_check.h: one thread per row of inputs [n][5], which it reads, for
 * one number of out [n]: 24 bytes moved per row. Compile with -fmad=false. */
#include "kernels/physics_check.h"

#include <cuda_runtime.h>

#define THREADS 256

static __global__ void evaluate(int function, int64_t n, const float *inputs, float *out) {
  int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = idr_physics_check_value(function, inputs + i * IDR_PHYSICS_CHECK_INPUTS);
}

static idr_status check(cudaError_t error, const char *what) {
  if (error == cudaSuccess) return IDR_STATUS_OK;
  IDR_FAIL(IDR_STATUS_UNSUPPORTED, "CUDA cannot %s: %s", what, cudaGetErrorString(error));
}

int idr_physics_check_devices(void) {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

static idr_status compute(int function, int64_t n, const float *inputs, float *out,
                          float *device_inputs, float *device_out) {
  size_t in_bytes = (size_t)n * IDR_PHYSICS_CHECK_INPUTS * sizeof *inputs;
  IDR_TRY(check(cudaMemcpy(device_inputs, inputs, in_bytes, cudaMemcpyHostToDevice),
                "copy the inputs to the device"));
  evaluate<<<(unsigned)((n + THREADS - 1) / THREADS), THREADS>>>(function, n, device_inputs,
                                                                 device_out);
  IDR_TRY(check(cudaGetLastError(), "start the kernel"));
  return check(cudaMemcpy(out, device_out, (size_t)n * sizeof *out, cudaMemcpyDeviceToHost),
               "copy the results to the host");
}

idr_status idr_physics_check_run(int function, int64_t n, const float *inputs, float *out) {
  float *device_inputs = NULL, *device_out = NULL;
  if (n == 0) return IDR_STATUS_OK;
  idr_status status = check(
      cudaMalloc(&device_inputs, (size_t)n * IDR_PHYSICS_CHECK_INPUTS * sizeof *device_inputs),
      "allocate the inputs");
  if (status == IDR_STATUS_OK)
    status = check(cudaMalloc(&device_out, (size_t)n * sizeof *device_out), "allocate the results");
  if (status == IDR_STATUS_OK)
    status = compute(function, n, inputs, out, device_inputs, device_out);
  cudaFree(device_inputs);
  cudaFree(device_out);
  return status;
}

#include "env/classic.h"

#include <math.h>

/* A sum is finite only if all its terms are; the slow search for the culprit runs only then. */
idr_status idr_classic_check_box(const idr_env *env, int64_t begin, int64_t end,
                                 const float *action) {
  float sum = 0.0f;
  for (int64_t row = 0; row < end - begin; row++)
    sum += 0.0f * action[row];
  if (isfinite(sum)) return IDR_STATUS_OK;
  int64_t row = 0;
  while (isfinite(action[row]))
    row++;
  IDR_FAIL(IDR_STATUS_NUMERIC, "%s: the action of lane %lld is not a finite number", env->spec.name,
           (long long)(env->lane_first + begin + row));
}

idr_status idr_classic_check_choice(const idr_env *env, int64_t begin, int64_t end,
                                    const float *action) {
  for (int64_t lane = begin; lane < end; lane++) {
    float a = action[lane - begin];
    bool whole = a >= 0.0f && a < (float)env->spec.action_count && a == truncf(a);
    if (!whole)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "%s: action %g in lane %lld, expected 0 to %d", env->spec.name,
               (double)a, (long long)(env->lane_first + lane), env->spec.action_count - 1);
  }
  return IDR_STATUS_OK;
}

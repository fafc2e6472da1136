#include "rl/method.h"

static const idr_method *const methods[] = {&idr_ppo_method, &idr_sac_method};
#define METHOD_COUNT ((int)(sizeof methods / sizeof methods[0]))

const idr_method *idr_method_at(int index) {
  return index >= 0 && index < METHOD_COUNT ? methods[index] : NULL;
}

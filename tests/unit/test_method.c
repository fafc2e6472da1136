/* The table of methods, and what a squashed policy promises. */
#include "base/text.h"
#include "rl/method.h"
#include "support/near.h"
#include "support/net_small.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>

static void rows_are_whole(void **state) {
  (void)state;
  char names[64] = "";
  for (int i = 0; idr_method_at(i); i++) {
    const idr_method *m = idr_method_at(i);
    void *settings = calloc(1, m->settings_bytes);
    idr_section section = m->bind(settings);
    idr_text_append(names, sizeof names, "%s%s", i > 0 ? "|" : "", m->name);
    assert_string_equal(section.name, m->name);
    assert_int_equal(idr_settings_load(&section, 1, NULL, NULL, 0), IDR_STATUS_OK);
    idr_method_sizes sizes = m->sizes(settings);
    assert_true(sizes.steps > 0 && sizes.blocks > 0 && sizes.tile_rows > 0);
    assert_in_range(m->result_count, 1, IDR_METHOD_RESULT_MAX);
    assert_in_range(m->stage_count, 1, IDR_METHOD_STAGE_MAX);
    free(settings);
  }
  assert_string_equal(names, IDR_METHOD_CHOICES);
  assert_null(idr_method_at(-1));
}

/* Starts around the task's own start with the deviation of the settings, and stays inside. */
static void a_squashed_policy_starts_where_it_is_told(void **state) {
  (void)state;
  idr_env_spec spec = {.name = "two knobs",
                       .observation_dim = 1,
                       .action_kind = IDR_ACTION_BOX,
                       .action_dim = 2,
                       .action_low = {10, -1},
                       .action_high = {20, 1},
                       .action_start = {0.5f, -1.0f}};
  idr_net_settings net = net_small();
  idr_policy *p = NULL;
  net.log_std_init = -1.5;
  assert_int_equal(idr_policy_create(&spec, &net, true, &p), IDR_STATUS_OK);
  real *flat = calloc((size_t)idr_params_size(p->params), sizeof *flat);
  real head[4], deviation[2], action[2];
  assert_int_equal(idr_policy_init(p, 1, flat), IDR_STATUS_OK);
  const idr_param *bias = idr_params_get(p->params, idr_params_find(p->params, "policy/2/bias"));
  for (int i = 0; i < 4; i++)
    head[i] = flat[bias->offset + i];
  idr_policy_row_deviation(p, head, NULL, deviation);
  assert_near((double)deviation[0], exp(-1.5), 1e-5);
  idr_policy_sample(p, head, NULL, 1, 2, 3, true, action);
  assert_near((double)action[0], 0.5, 1e-5);
  assert_near((double)action[1], -0.99, 1e-5); /* a bound itself is the tanh of no number */
  for (uint64_t step = 0; step < 1000; step++) {
    float out[2];
    head[2] = head[3] = 20; /* the widest that the settings allow */
    idr_policy_sample(p, head, NULL, 1, 2, step, false, action);
    idr_policy_unscale(p, action, out);
    assert_true(out[0] >= 10 && out[0] <= 20 && out[1] >= -1 && out[1] <= 1);
  }
  free(flat);
  idr_policy_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_whole),
      cmocka_unit_test(a_squashed_policy_starts_where_it_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

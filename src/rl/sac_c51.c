/* Distributional critics: what the targets say of the next rows is one plan; its projection by
 * reward and discount is no part of a graph, since no gradient goes through it. */
#include "rl/c51.h"
#include "rl/mlp.h"
#include "rl/sac_graph.h"

#include <string.h>

idr_node idr_sac_c51_probability(const idr_sac_builder *b, idr_node logits) {
  return idr_exp(b->g, idr_sub(b->g, logits, idr_log_sum_exp(b->g, logits)));
}

idr_node idr_sac_c51_mean(const idr_sac_builder *b, idr_node probability) {
  int32_t atoms = (int32_t)b->sac->settings.atoms;
  idr_node values = idr_graph_input(b->g, "atoms", IDR_DTYPE_REAL, IDR_SHAPE(atoms));
  return idr_sum(b->g, idr_mul(b->g, probability, values), 1, true);
}

/* -sum m log p = log sum exp(l) - sum m l, as sum m = 1. */
idr_node idr_sac_c51_entropy(const idr_sac_builder *b, idr_node wanted, idr_node logits) {
  return idr_sub(b->g, idr_log_sum_exp(b->g, logits),
                 idr_sum(b->g, idr_mul(b->g, wanted, logits), 1, true));
}

/* Outputs: probabilities by the target with the lower mean, or by both in equal parts,
 * [rows][atoms]; log pi of the action that they are of [rows][1]. */
static idr_status build(const idr_sac *sac, idr_graph *g, idr_plan **out) {
  const idr_sac_builder b = {.g = g, .sac = sac};
  idr_node row = idr_sac_row(&b, "next");
  idr_sac_draw a = idr_sac_sample(&b, row, "");
  idr_node p[2], outputs[2];
  for (int i = 0; i < 2; i++)
    p[i] = idr_sac_c51_probability(&b, idr_sac_critic(&b, i, row, a.action, IDR_SAC_TARGET));
  if (idr_sac_takes_lower(sac)) {
    idr_node second = idr_less(g, idr_sac_c51_mean(&b, p[1]), idr_sac_c51_mean(&b, p[0]));
    idr_node first = idr_shift(g, idr_neg(g, second), 1);
    outputs[0] = idr_add(g, idr_mul(g, p[0], first), idr_mul(g, p[1], second));
  } else {
    outputs[0] = idr_scale(g, idr_add(g, p[0], p[1]), 0.5);
  }
  outputs[1] = a.log_prob;
  IDR_TRY(idr_graph_status(g));
  return idr_plan_create(g, outputs, 2, out);
}

idr_status idr_sac_c51_plan(idr_sac *sac) {
  idr_graph *g = NULL;
  IDR_TRY(idr_graph_create(&g));
  idr_status status = build(sac, g, &sac->target_plan);
  idr_graph_destroy(g);
  return status;
}

void idr_sac_c51_bind(idr_sac *sac, idr_sac_worker *w) {
  const idr_moments *m = idr_sac_row_moments(sac);
  const struct {
    const char *name;
    const real *data;
  } inputs[] = {{"next", w->tile_next},
                {"noise", w->tile_noise},
                {"row_shift", m->shift},
                {"row_scale", m->scale},
                {"atoms", sac->atoms}};
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
    idr_exec_bind_input(w->target, idr_plan_input(sac->target_plan, inputs[i].name),
                        inputs[i].data);
  idr_mlp_bind_frozen(w->target, sac->target_plan, sac->policy->params, "", sac->actor.weights);
  idr_mlp_bind_frozen(w->target, sac->target_plan, sac->critics, IDR_SAC_TARGET, sac->target);
}

void idr_sac_c51_target(const idr_sac *sac, idr_sac_worker *w) {
  const idr_sac_settings *s = &sac->settings;
  int atoms = (int)s->atoms;
  idr_exec_run(w->target);
  const real *p = idr_exec_output(w->target, 0), *log_prob = idr_exec_output(w->target, 1);
  memset(w->tile_probability, 0,
         (size_t)sac->loss_rows * (size_t)atoms * sizeof *w->tile_probability);
  for (int64_t r = 0; r < sac->loss_rows; r++) {
    double discount = (double)w->tile_discount[r];
    double price = s->value_entropy ? (double)sac->alpha[0] * (double)log_prob[r] : 0;
    idr_c51_project(atoms, s->value_low, s->value_high, p + r * atoms,
                    (double)w->tile_reward[r] - discount * price, discount,
                    w->tile_probability + r * atoms);
  }
}

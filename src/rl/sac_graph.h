/* Pieces of the SAC graphs that sac_loss.c and sac_c51.c build from; nobody else includes this. */
#ifndef IDR_RL_SAC_GRAPH_H
#define IDR_RL_SAC_GRAPH_H

#include "rl/sac_internal.h"

#define IDR_SAC_TARGET "target/" /* prefix of the target critics' weights */

typedef struct {
  idr_graph *g;
  const idr_sac *sac;
  idr_node weight, alpha; /* inputs of the losses */
} idr_sac_builder;

typedef struct {
  idr_node action;   /* [rows][A] in (-1, 1) */
  idr_node log_prob; /* [rows][1] */
} idr_sac_draw;

/* Input [rows of a loss tile][width]. */
idr_node idr_sac_input(const idr_sac_builder *b, const char *name, int width);
/* Input of critics' rows, normalised. */
idr_node idr_sac_row(const idr_sac_builder *b, const char *name);
/* What critic `which` says of rows and actions: [rows][1] Q, or of c51 [rows][atoms] logits. */
idr_node idr_sac_critic(const idr_sac_builder *b, int which, idr_node row, idr_node action,
                        const char *frozen);
/* An action of the policy for rows, with input "noise". */
idr_sac_draw idr_sac_sample(const idr_sac_builder *b, idr_node row, const char *frozen);

/* sac_c51.c: probabilities of logits, both [rows][atoms]; mean of probabilities [rows][1]; the
 * cross-entropy [rows][1] of logits to wanted probabilities. */
idr_node idr_sac_c51_probability(const idr_sac_builder *b, idr_node logits);
idr_node idr_sac_c51_mean(const idr_sac_builder *b, idr_node probability);
idr_node idr_sac_c51_entropy(const idr_sac_builder *b, idr_node wanted, idr_node logits);

#endif

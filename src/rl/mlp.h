/* Multilayer perceptrons over a flat parameter buffer: "<net>/<layer>/weight", "bias", and
 * "norm_scale", "norm_bias" with layer normalisation. Hidden layers start orthogonal with gain
 * sqrt(2), the head with a gain of its own, biases 0. */
#ifndef IDR_RL_MLP_H
#define IDR_RL_MLP_H

#include "base/settings.h"
#include "graph/graph.h"

typedef struct {
  const idr_params *params; /* borrowed */
  const char *net;          /* "policy" */
  int hidden;               /* hidden layers */
  int activation;           /* 0 tanh, 1 relu, 2 elu */
  bool layer_norm;          /* before each activation */
  /* NULL: the weights are parameters of the plan. Otherwise they are inputs of it, named by this
   * prefix and the parameter, and nobody learns them there. */
  const char *frozen;
} idr_mlp;

void idr_mlp_add(idr_params *params, const char *net, int in, const idr_reals *widths, int out,
                 double head_gain, bool layer_norm);
/* x [rows][in] -> [rows][out]. */
idr_node idr_mlp_build(const idr_mlp *mlp, idr_graph *g, idr_node x);
/* Binds the inputs that a plan has for frozen weights to a flat buffer of `params`. */
void idr_mlp_bind_frozen(idr_exec *exec, const idr_plan *plan, const idr_params *params,
                         const char *prefix, const real *flat);

#endif

/* Policy and value networks of an actor-critic method, as graph pieces over one flat parameter
 * buffer: "policy/..." first, then "value/...".
 *
 * Heads: Gaussian with a state-independent log standard deviation (BOX actions) or categorical
 * (DISCRETE). A Gaussian action lives in normalised units: -1 and +1 are the task's bounds; the
 * task clips, the log-probability is of the unclipped action.
 * A squashed policy (BOX only) has no value network. Its head gives mean and raw log standard
 * deviation of a Gaussian u, and its action is tanh(u) (Haarnoja et al. 2018, appendix C), so that
 * it never leaves the bounds; the log-probability is that of tanh(u).
 * Hidden layers start orthogonal with gain sqrt(2), the policy head with head_gain, the value head
 * with 1, biases 0.
 */
#ifndef IDR_RL_POLICY_H
#define IDR_RL_POLICY_H

#include "base/settings.h"
#include "env/env.h"
#include "graph/graph.h"

#define IDR_NET_SETTINGS(X)                                                                        \
  X(REALS, policy, "", "64, 64", 1, 4096, "", "widths of the policy's hidden layers")              \
  X(REALS, value, "", "64, 64", 1, 4096, "", "widths of the value network's hidden layers")        \
  X(CHOICE, activation, "", "tanh", 0, 0, "tanh|relu|elu", "activation of hidden layers")          \
  X(BOOL, layer_norm, "", "false", 0, 0, "", "layer normalisation before each activation")         \
  X(REAL, log_std_init, "", "0", -10, 2, "",                                                       \
    "first log standard deviation of Gaussian actions, "                                           \
    "in units of half the action range")                                                           \
  X(REAL, log_std_min, "", "-5", -20, 2, "", "lower bound of the log standard deviation")          \
  X(REAL, log_std_max, "", "1", -5, 5, "", "upper bound of the log standard deviation")            \
  X(REAL, head_gain, "", "0.01", 1e-6, 10, "", "orthogonal gain of the policy head")

IDR_SETTINGS_STRUCT(idr_net_settings, IDR_NET_SETTINGS);
extern const idr_setting idr_net_rows[];
extern const int idr_net_row_count;

typedef struct {
  const idr_env_spec *spec; /* borrowed */
  idr_net_settings net;
  bool gaussian;
  int observation_dim;
  int critic_dim; /* of the value network's input; observation_dim when the task has no own */
  int head_dim;   /* action_dim or action_count */
  bool squashed;  /* the action is tanh of a Gaussian */
  int head_width; /* numbers per row of the head: head_dim, or twice as many when squashed */
  idr_params *params;
  int policy_params;     /* parameters [0, policy_params) are the policy's */
  int log_std;           /* parameter index, -1 for categorical or squashed */
  int value_head_weight; /* parameter indices of the value head, for rescaling; -1 when squashed */
  int value_head_bias;
} idr_policy;

/* CONFIG for a squashed policy of a task with discrete actions. */
idr_status idr_policy_create(const idr_env_spec *spec, const idr_net_settings *net, bool squashed,
                             idr_policy **out);
void idr_policy_destroy(idr_policy *policy); /* NULL allowed */
/* Fills the flat parameters [idr_params_size] from `seed`; the head's bias makes a Gaussian policy
 * start around the task's action_start. */
idr_status idr_policy_init(const idr_policy *policy, uint64_t seed, real *flat);

/* clip((x - shift) * scale, -10, 10), with inputs "<name>_shift" and "<name>_scale" [dim]. */
idr_node idr_policy_normalise(idr_graph *g, const char *name, idr_node x, int dim);
/* Mean of the action [rows][action_dim], logits [rows][action_count], or for a squashed policy
 * [rows][2 action_dim] mean and raw log standard deviation of u. */
idr_node idr_policy_head(const idr_policy *policy, idr_graph *g, idr_node observation);
/* The same; with `frozen` the weights are inputs of the plan, see rl/mlp.h. */
idr_node idr_policy_head_of(const idr_policy *policy, idr_graph *g, idr_node observation,
                            const char *frozen);
/* Mean of a Gaussian head [rows][action_dim], before its bounds. */
idr_node idr_policy_mean(const idr_policy *policy, idr_graph *g, idr_node head);
/* Log standard deviation within its bounds: [action_dim], of every row when squashed. */
idr_node idr_policy_log_std(const idr_policy *policy, idr_graph *g, idr_node head);
/* From unbounded to bounded actions: clipped to [-1, 1], or tanh when squashed. */
idr_node idr_policy_bound(const idr_policy *policy, idr_graph *g, idr_node action);
/* Value in normalised units [rows][1]. */
idr_node idr_policy_value(const idr_policy *policy, idr_graph *g, idr_node critic);

/* Acting: plan of one tile with inputs "observation" [rows][dim] (raw), "observation_shift",
 * "observation_scale", and for a task with its own critic input the same with "critic"; outputs
 * 0 = normalised observation, 1 = head, 2 = normalised critic (only then). */
idr_status idr_policy_act_plan(const idr_policy *policy, int rows, idr_plan **out);
/* Acting alone: input "observation" and its normaliser as above, output 0 = head. */
idr_status idr_policy_head_plan(const idr_policy *policy, int rows, idr_plan **out);
/* Values of normalised rows: input "critic" [rows][critic_dim], output 0 = value [rows][1]. */
idr_status idr_policy_value_plan(const idr_policy *policy, int rows, idr_plan **out);

/* Clipped standard deviations [action_dim] from a flat parameter buffer; nothing when they depend
 * on the row. */
void idr_policy_deviation(const idr_policy *policy, const real *flat, real *deviation);
/* Standard deviations of one row's Gaussian [action_dim], before bounds: those of the head when
 * squashed, otherwise a copy of `deviation`. */
void idr_policy_row_deviation(const idr_policy *policy, const real *head, const real *deviation,
                              real *out);
/* What the noise of row k of a batch in time order is keyed by: lane + k % lanes, step + k / lanes.
 */
typedef struct {
  uint64_t seed;
  uint32_t lane;
  int64_t lanes;
  uint64_t step;
} idr_policy_key;
/* Standard normal numbers for `rows` Gaussian actions, [rows][action_dim]: the very ones that
 * idr_policy_sample draws, many times as fast. Does nothing for a categorical policy. */
void idr_policy_noise(const idr_policy *policy, const idr_policy_key *key, int64_t rows,
                      real *noise);
/* The same, but it lasts: from one step to the next it moves on a straight line between independent
 * numbers, `time` steps apart, scaled back to unit variance. It needs no memory of its own. */
void idr_policy_lasting_noise(const idr_policy *policy, const idr_policy_key *key, int64_t time,
                              int64_t rows, real *noise);
/* Turns a row's noise in `action` [action_dim] into its Gaussian action; returns the
 * log-probability. */
real idr_policy_perturb(const idr_policy *policy, const real *mean, const real *deviation,
                        real *action);
/* Turns a row's noise in `action` [action_dim] into its squashed action. */
void idr_policy_squash(const idr_policy *policy, const real *head, real *action);
/* Samples one row's action, keyed by (seed, lane, step). Gaussian: `action` [action_dim] in
 * normalised units; categorical: action[0] is the index. Returns the log-probability, 0 when
 * squashed. With `deterministic` the mean (squashed: its tanh) or the most likely action. */
real idr_policy_sample(const idr_policy *policy, const real *head, const real *deviation,
                       uint64_t seed, uint32_t lane, uint64_t step, bool deterministic,
                       real *action);
/* Normalised action -> what the task takes (physical units or the index). */
void idr_policy_unscale(const idr_policy *policy, const real *action, float *out);

#endif

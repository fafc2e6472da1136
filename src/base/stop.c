#include "base/stop.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#define INTERRUPTS_TO_ABORT 3

/* Lock-free atomics may be used in signal handlers (C11 7.14.1.1). */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the stop flag must be lock-free");
static struct {
  atomic_int requested;
  atomic_int signal;
  atomic_int interrupts;
} stop;

static void handle(int signal_number) {
  int none = 0;
  atomic_compare_exchange_strong(&stop.signal, &none, signal_number);
  atomic_store(&stop.requested, 1);
  if (signal_number != SIGINT) return;
  if (atomic_fetch_add(&stop.interrupts, 1) + 1 < INTERRUPTS_TO_ABORT) return;
  /* The default action, so that a shell sees what ended the process. */
  signal(SIGINT, SIG_DFL);
  raise(SIGINT);
}

idr_status idr_stop_install(void) {
  static const int signals[] = {SIGUSR1, SIGTERM, SIGINT};
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  sigemptyset(&action.sa_mask);
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
    if (sigaction(signals[i], &action, NULL) != 0)
      IDR_FAIL(IDR_STATUS_INTERNAL, "cannot handle signal %d: %s", signals[i], strerror(errno));
  action.sa_handler = SIG_IGN;
  if (sigaction(SIGPIPE, &action, NULL) != 0)
    IDR_FAIL(IDR_STATUS_INTERNAL, "cannot ignore SIGPIPE: %s", strerror(errno));
  return IDR_STATUS_OK;
}

void idr_stop_request(void) {
  atomic_store(&stop.requested, 1);
}

bool idr_stop_requested(void) {
  return atomic_load(&stop.requested) != 0;
}

int idr_stop_signal(void) {
  return atomic_load(&stop.signal);
}

void idr_stop_reset(void) {
  atomic_store(&stop.requested, 0);
  atomic_store(&stop.signal, 0);
  atomic_store(&stop.interrupts, 0);
}

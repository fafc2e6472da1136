/* The wish to stop: SIGUSR1, SIGTERM and SIGINT, or the program itself, set one flag.
 *
 * Launchers and batch scripts may each forward the same stop, so asking again changes nothing; only
 * a third SIGINT (an impatient Ctrl-C) ends the process at once. The flag is polled at safe points;
 * system calls are restarted, not interrupted. This flag is the only global of the program.
 */
#ifndef IDR_BASE_STOP_H
#define IDR_BASE_STOP_H

#include "base/status.h"
#include <stdbool.h>

/* Handles the three signals and ignores SIGPIPE (a closed socket is an error, not the end). */
idr_status idr_stop_install(void);
/* Sets the flag without a signal (wall-clock limit, stop file). */
void idr_stop_request(void);
bool idr_stop_requested(void);
/* The signal that came first, 0 when none did. */
int idr_stop_signal(void);
/* Forgets all requests; for programs that do one run after another. */
void idr_stop_reset(void);

#endif

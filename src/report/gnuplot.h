/* gnuplot as a tool: a script in, an SVG picture out.
 *
 * The program is started with posix_spawn, never through a shell; script, picture and messages go
 * through files without names in the run's folder, so no path ever needs quoting. It gets `limit`
 * seconds, then it is killed. */
#ifndef IDR_REPORT_GNUPLOT_H
#define IDR_REPORT_GNUPLOT_H

#include "base/status.h"
#include <stddef.h>

typedef struct {
  const char *program; /* "gnuplot": looked for along PATH, or a path */
  const char *folder;  /* where the nameless files are made */
  double limit;        /* s for one picture */
} idr_gnuplot;

/* Runs a script whose terminal is svg and hands back what can stand inside a page: the <svg>
 * element alone, with `label` (escaped here) as its name for screen readers, without ids, which
 * must be unique in a page. The caller frees *svg. UNSUPPORTED when there is no such program, IO
 * when it fails or takes too long; the message says which, with gnuplot's own first line. */
idr_status idr_gnuplot_draw(const idr_gnuplot *gnuplot, const char *script, size_t bytes,
                            const char *label, char **svg);

/* Writes `text` as a string of gnuplot's in single quotes, without control characters. Needs at
 * most 2 bytes per byte of text and 3; cut when `size` is less, and still a whole string. */
void idr_gnuplot_quote(const char *text, char *out, size_t size);

#endif

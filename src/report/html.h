/* Markup that is well-formed HTML and XML at once, written into memory. What comes from files,
 * names and messages goes through idr_html_text and friends, which escape it; markup of our own
 * goes through idr_html_raw. A failure to get memory sticks and shows in idr_html_status. */
#ifndef IDR_REPORT_HTML_H
#define IDR_REPORT_HTML_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise; free with idr_html_free. */
typedef struct {
  char *text; /* terminated once something was written; NULL before */
  size_t bytes, capacity;
  bool failed;
} idr_html;

void idr_html_free(idr_html *html);
/* MEMORY when anything could not be written. */
idr_status idr_html_status(const idr_html *html);

/* Markup as it stands: literals of the program, or what this module made. */
void idr_html_raw(idr_html *html, const char *markup);
void idr_html_bytes(idr_html *html, const char *markup, size_t bytes);
/* Text, good inside elements and inside attributes in double quotes: markup characters become
 * references; bytes that are not UTF-8 and characters that XML does not know become U+FFFD. */
void idr_html_text(idr_html *html, const char *text);
/* The same for formatted text; what it makes is cut after 1023 bytes. */
void idr_html_format(idr_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* <name>text</name>, and with a class when `kind` is not NULL. */
void idr_html_element(idr_html *html, const char *name, const char *kind, const char *text);

#endif

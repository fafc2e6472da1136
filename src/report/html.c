#include "report/html.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

void idr_html_free(idr_html *html) {
  free(html->text);
  *html = (idr_html){0};
}

idr_status idr_html_status(const idr_html *html) {
  if (html->failed) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the page of a report");
  return IDR_STATUS_OK;
}

static bool reserve(idr_html *html, size_t more) {
  size_t capacity = html->capacity ? html->capacity : 4096;
  if (html->failed) return false;
  while (capacity - html->bytes <= more)
    capacity *= 2;
  if (capacity == html->capacity) return true;
  char *text = realloc(html->text, capacity);
  html->failed = !text;
  if (!text) return false;
  html->text = text;
  html->capacity = capacity;
  return true;
}

void idr_html_bytes(idr_html *html, const char *markup, size_t bytes) {
  if (!reserve(html, bytes)) return;
  memcpy(html->text + html->bytes, markup, bytes);
  html->bytes += bytes;
  html->text[html->bytes] = '\0';
}

void idr_html_raw(idr_html *html, const char *markup) {
  idr_html_bytes(html, markup, strlen(markup));
}

/* What stands for a character in the page; NULL: it stands for itself. */
static const char *reference_of(unsigned code_point) {
  switch (code_point) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  case '\n':
  case '\t':
    return NULL;
  default: /* controls, and the two that XML leaves out of its characters */
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0xfffe ||
                   code_point == 0xffff
               ? REPLACEMENT
               : NULL;
  }
}

void idr_html_text(idr_html *html, const char *text) {
  while (*text) {
    unsigned code_point = 0;
    int length = idr_text_decode(text, &code_point);
    const char *reference = length > 0 ? reference_of(code_point) : REPLACEMENT;
    if (reference)
      idr_html_raw(html, reference);
    else
      idr_html_bytes(html, text, (size_t)length);
    text += length > 0 ? length : 1;
  }
}

void idr_html_format(idr_html *html, const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  idr_html_text(html, text);
}

void idr_html_element(idr_html *html, const char *name, const char *kind, const char *text) {
  idr_html_raw(html, "<");
  idr_html_raw(html, name);
  if (kind) {
    idr_html_raw(html, " class=\"");
    idr_html_text(html, kind);
    idr_html_raw(html, "\"");
  }
  idr_html_raw(html, ">");
  idr_html_text(html, text);
  idr_html_raw(html, "</");
  idr_html_raw(html, name);
  idr_html_raw(html, ">");
}

#include "base/text.h"
#include "base/yaml_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room kept for the closing line that counts what did not fit. */
#define TAIL 64

/* One problem is one line, and what a file contains must not steer the reader's terminal. */
static void blank_controls(char *line) {
  for (char *c = line; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
}

static void add_line(idr_problems *problems, char *line) {
  size_t used = strlen(problems->text);
  blank_controls(line);
  problems->count++;
  if (used + strlen(line) + 2 + TAIL > sizeof(problems->text)) return;
  idr_text_append(problems->text, sizeof(problems->text), "%s%s", used ? "\n" : "", line);
}

void idr_problem_add(idr_problems *problems, const char *format, ...) {
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof(line), format, args);
  va_end(args);
  add_line(problems, line);
}

void idr_problem_at(idr_problems *problems, const idr_yaml *yaml, idr_yaml_node node,
                    const char *format, ...) {
  char text[1024], line[2048];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  if (idr_yaml_line(yaml, node) > 0)
    snprintf(line, sizeof(line), "%.900s:%d:%d: %s", idr_yaml_name(yaml), idr_yaml_line(yaml, node),
             idr_yaml_column(yaml, node), text);
  else
    snprintf(line, sizeof(line), "%.900s: %s", idr_yaml_name(yaml), text);
  add_line(problems, line);
}

static int count_lines(const char *text) {
  int lines = text[0] != '\0';
  for (const char *c = text; *c; c++)
    lines += *c == '\n';
  return lines;
}

idr_status idr_problems_status(const idr_problems *problems) {
  if (problems->count == 0) return IDR_STATUS_OK;
  int hidden = problems->count - count_lines(problems->text);
  if (hidden <= 0) IDR_FAIL(IDR_STATUS_CONFIG, "%s", problems->text);
  IDR_FAIL(IDR_STATUS_CONFIG, "%s\n... and %d more problems", problems->text, hidden);
}

#include "base/text.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 63

bool idr_text_append(char *buffer, size_t size, const char *format, ...) {
  size_t used = strnlen(buffer, size);
  if (used >= size) return false;
  va_list args;
  va_start(args, format);
  int needed = vsnprintf(buffer + used, size - used, format, args);
  va_end(args);
  return needed >= 0 && (size_t)needed < size - used;
}

bool idr_text_trim(const char *text, size_t length, char *out, size_t size) {
  while (length > 0 && isspace((unsigned char)text[0])) {
    text++;
    length--;
  }
  while (length > 0 && isspace((unsigned char)text[length - 1]))
    length--;
  size_t kept = length < size ? length : size - 1;
  memcpy(out, text, kept);
  out[kept] = '\0';
  return kept == length;
}

int idr_text_decode(const char *text, unsigned *code_point) {
  static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *c = (const unsigned char *)text;
  int length = c[0] < 0x80 ? 1 : c[0] < 0xc0 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
  if (c[0] == 0 || c[0] > 0xf4) length = 0;
  unsigned code = length == 1 ? c[0] : c[0] & (0x7fu >> length);
  for (int i = 1; i < length; i++) {
    if ((c[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (c[i] & 0x3fu);
  }
  if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
  *code_point = code;
  return length;
}

bool idr_text_is_utf8(const char *text) {
  unsigned code;
  while (*text) {
    int length = idr_text_decode(text, &code);
    if (length == 0) return false;
    text += length;
  }
  return true;
}

/* One character of the input as JSON in `piece` (at least 8 bytes); returns the bytes consumed. */
static int escape_piece(const char *text, char *piece) {
  static const char plain[] = "\"\\\b\f\n\r\t";
  static const char letter[] = "\"\\bfnrt";
  const char *special = strchr(plain, text[0]);
  unsigned code = 0;
  int length = idr_text_decode(text, &code);
  if (special)
    snprintf(piece, 8, "\\%c", letter[special - plain]);
  else if (length == 0)
    snprintf(piece, 8, "\\ufffd");
  else if (code < 0x20 || code == 0x7f)
    snprintf(piece, 8, "\\u%04x", code);
  else
    snprintf(piece, 8, "%.*s", length, text);
  return length > 0 ? length : 1;
}

bool idr_text_escape_json(const char *text, char *out, size_t size) {
  size_t used = 0;
  if (size == 0) return false;
  while (*text) {
    char piece[8];
    int consumed = escape_piece(text, piece);
    size_t length = strlen(piece);
    if (used + length >= size) break;
    memcpy(out + used, piece, length);
    used += length;
    text += consumed;
  }
  out[used] = '\0';
  return *text == '\0';
}

static bool same_letter(char a, char b) {
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static int min3(int a, int b, int c) {
  int least = a < b ? a : b;
  return least < c ? least : c;
}

int idr_text_distance(const char *a, const char *b) {
  size_t na = strlen(a), nb = strlen(b);
  if (na > WORD_MAX || nb > WORD_MAX) return 2 * WORD_MAX;
  int d[WORD_MAX + 1][WORD_MAX + 1];
  for (size_t i = 0; i <= na; i++)
    d[i][0] = (int)i;
  for (size_t j = 0; j <= nb; j++)
    d[0][j] = (int)j;
  for (size_t i = 1; i <= na; i++) {
    for (size_t j = 1; j <= nb; j++) {
      int replace = d[i - 1][j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
      d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, replace);
      bool swapped =
          i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]);
      if (swapped && d[i - 2][j - 2] + 1 < d[i][j]) d[i][j] = d[i - 2][j - 2] + 1;
    }
  }
  return d[na][nb];
}

bool idr_text_is_near(const char *word, int distance) {
  int length = (int)strnlen(word, WORD_MAX);
  int allowed = length < 3 ? 1 : length < 6 ? 2 : length / 3 + 1;
  return distance <= allowed && distance < length;
}

bool idr_text_word(const char *list, char separator, int index, char *out, size_t size) {
  const char *start = list;
  for (int i = 0; i < index; i++) {
    start = strchr(start, separator);
    if (!start) return false;
    start++;
  }
  const char *end = strchr(start, separator);
  size_t length = end ? (size_t)(end - start) : strlen(start);
  return idr_text_trim(start, length, out, size) && out[0] != '\0';
}

int idr_text_find(const char *list, char separator, const char *word) {
  char item[128];
  for (int i = 0; idr_text_word(list, separator, i, item, sizeof(item)); i++)
    if (strcmp(item, word) == 0) return i;
  return -1;
}

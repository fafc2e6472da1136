/* Small text helpers that every module needs: bounded appending, JSON escapes, nearest words. */
#ifndef IDR_BASE_TEXT_H
#define IDR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Appends to the text in `buffer` (size bytes, always terminated). False when it was cut. */
bool idr_text_append(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Copies text without blanks at both ends. False when it did not fit (then `out` is cut). */
bool idr_text_trim(const char *text, size_t length, char *out, size_t size);

/* Writes `text` as the inside of a JSON string (quotes, backslashes and control characters
 * escaped; bytes that are not UTF-8 become U+FFFD). Returns false when `size` was too small; what
 * was written is valid JSON all the same. 6 bytes per byte of text and one always suffice. */
bool idr_text_escape_json(const char *text, char *out, size_t size);

/* Decodes the UTF-8 character at `text` (terminated): its length in bytes and code point, or 0 at
 * the end of the text and for a sequence that is not valid UTF-8 (overlong, surrogate, cut). */
int idr_text_decode(const char *text, unsigned *code_point);
bool idr_text_is_utf8(const char *text);

/* Number of edits (insert, delete, replace, swap of neighbours; letter case does not count) between
 * two words, or a large number when one is longer than 63 bytes. Distance: optimal string
 * alignment, after Damerau 1964. */
int idr_text_distance(const char *a, const char *b);
/* Whether a word at `distance` is near enough to `word` to be what was meant. */
bool idr_text_is_near(const char *word, int distance);

/* Whether `word` stands in `list`, words separated by `separator` ("a,b,c"); blanks around a word
 * do not count. Returns its index or -1. */
int idr_text_find(const char *list, char separator, const char *word);
/* Word `index` of such a list, trimmed; false when there are fewer. */
bool idr_text_word(const char *list, char separator, int index, char *out, size_t size);

#endif

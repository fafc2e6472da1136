#include "report/gnuplot.h"
#include "base/clock.h"
#include "base/file.h"
#include "report/html.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SVG_MAX   ((size_t)64 << 20)
#define WORDS_MAX 300 /* of gnuplot's own message */

extern char **environ;

void idr_gnuplot_quote(const char *text, char *out, size_t size) {
  size_t n = 0;
  if (size < 3) {
    if (size > 0) out[0] = '\0';
    return;
  }
  out[n++] = '\'';
  for (; *text && n + 4 <= size; text++) {
    unsigned char c = (unsigned char)*text;
    out[n++] = c < 0x20 || c == 0x7f ? ' ' : *text;
    if (c == '\'') out[n++] = '\'';
  }
  out[n++] = '\'';
  out[n] = '\0';
}

/* ---- nameless files -------------------------------------------------------------------------- */

enum { SCRIPT, PICTURE, WORDS, FILES };

static idr_status open_nameless(const char *folder, int *fd) {
  char path[PATH_MAX];
  int n = snprintf(path, sizeof path, "%s/.report-XXXXXX", folder);
  if (n < 0 || (size_t)n >= sizeof path)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  *fd = mkostemp(path, O_CLOEXEC);
  if (*fd < 0) return idr_file_fail("make the file", path, errno);
  unlink(path);
  if (*fd > STDERR_FILENO) return IDR_STATUS_OK;
  /* Where our own stdin is closed its number is free, and the child would lose the file with it. */
  int low = *fd;
  *fd = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(low);
  if (*fd < 0) return idr_file_fail("make the file", path, errno);
  return IDR_STATUS_OK;
}

static idr_status open_files(const char *folder, int fd[FILES]) {
  for (int i = 0; i < FILES; i++)
    IDR_TRY(open_nameless(folder, &fd[i]));
  return IDR_STATUS_OK;
}

/* All of a file from its start, terminated; at most `limit` bytes. */
static idr_status read_all(int fd, size_t limit, char **out, size_t *bytes) {
  off_t end = lseek(fd, 0, SEEK_END);
  size_t size = end < 0 ? 0 : (size_t)end < limit ? (size_t)end : limit;
  *out = malloc(size + 1);
  if (!*out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a picture of %zu bytes", size);
  ssize_t got = pread(fd, *out, size, 0);
  *bytes = got < 0 ? 0 : (size_t)got;
  (*out)[*bytes] = '\0';
  return IDR_STATUS_OK;
}

/* ---- the process ----------------------------------------------------------------------------- */

static idr_status start(const idr_gnuplot *g, const int fd[FILES], pid_t *child) {
  /* -d: no start-up files of the user or the site, which could change anything. */
  char *const words[] = {(char *)(uintptr_t)g->program, "-d", NULL};
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to start gnuplot");
  int error = 0;
  for (int i = 0; i < FILES && error == 0; i++)
    error = posix_spawn_file_actions_adddup2(&actions, fd[i], i);
  if (error == 0) error = posix_spawnp(child, g->program, &actions, NULL, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT || error == EACCES)
    IDR_FAIL(IDR_STATUS_UNSUPPORTED, "there is no program '%s' to run", g->program);
  if (error != 0) IDR_FAIL(IDR_STATUS_IO, "cannot start '%s': %s", g->program, strerror(error));
  return IDR_STATUS_OK;
}

/* Waits for the child; kills it when its time is over. */
static idr_status await_end(const idr_gnuplot *g, pid_t child, int *state) {
  double begin = idr_clock_seconds();
  const struct timespec nap = {.tv_nsec = 2000000};
  for (;;) {
    pid_t ended = waitpid(child, state, WNOHANG);
    if (ended == child) return IDR_STATUS_OK;
    if (ended < 0 && errno != EINTR)
      IDR_FAIL(IDR_STATUS_IO, "lost sight of '%s': %s", g->program, strerror(errno));
    if (idr_clock_seconds() - begin > g->limit) break;
    nanosleep(&nap, NULL);
  }
  kill(child, SIGKILL);
  waitpid(child, state, 0);
  IDR_FAIL(IDR_STATUS_IO, "'%s' did not end within %g s and was stopped", g->program, g->limit);
}

/* The first line of its words that is not empty. */
static idr_status fail_with_words(const idr_gnuplot *g, int fd) {
  char *words = NULL;
  size_t bytes = 0;
  IDR_TRY(read_all(fd, WORDS_MAX, &words, &bytes));
  char *line = words + strspn(words, " \t\r\n");
  line[strcspn(line, "\r\n")] = '\0';
  idr_fail_at(IDR_STATUS_IO, __func__, __FILE__, __LINE__, "'%s' failed%s%s", g->program,
              line[0] ? ": " : "", line);
  free(words);
  return IDR_STATUS_IO;
}

static idr_status run(const idr_gnuplot *g, const int fd[FILES]) {
  pid_t child = 0;
  int state = 0;
  IDR_TRY(start(g, fd, &child));
  IDR_TRY(await_end(g, child, &state));
  if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) return fail_with_words(g, fd[WORDS]);
  return IDR_STATUS_OK;
}

/* ---- the picture ----------------------------------------------------------------------------- */

/* What is left out: tool tips like "gp_plot_1", and markers that we do not use but whose ids would
 * be the same in every picture of the page. */
static const char *skip(const char *c) {
  static const char *const parts[][2] = {
      {"<title>", "</title>"}, {"<desc>", "</desc>"}, {"<defs>", "</defs>"}, {" id=\"", "\""}};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    size_t length = strlen(parts[i][0]);
    if (strncmp(c, parts[i][0], length) != 0) continue;
    const char *end = strstr(c + length, parts[i][1]);
    return end ? end + strlen(parts[i][1]) : NULL;
  }
  return NULL;
}

static void copy_svg(idr_html *out, const char *from, const char *to) {
  while (from < to) {
    const char *behind = *from == '<' || *from == ' ' ? skip(from) : NULL;
    const char *next = behind ? behind : from + 1;
    if (!behind) idr_html_bytes(out, from, 1);
    from = next;
  }
}

static idr_status take_svg(const idr_gnuplot *g, const char *text, const char *label, char **svg) {
  idr_html out = {0};
  const char *begin = strstr(text, "<svg"), *end = begin ? strstr(begin, "</svg>") : NULL;
  if (!end) IDR_FAIL(IDR_STATUS_IO, "'%s' drew no picture", g->program);
  idr_html_raw(&out, "<svg role=\"img\" aria-label=\"");
  idr_html_text(&out, label);
  idr_html_raw(&out, "\"");
  copy_svg(&out, begin + strlen("<svg"), end + strlen("</svg>"));
  idr_status status = idr_html_status(&out);
  if (status == IDR_STATUS_OK)
    *svg = out.text;
  else
    idr_html_free(&out);
  return status;
}

static idr_status draw(const idr_gnuplot *g, const int fd[FILES], const char *script, size_t bytes,
                       const char *label, char **svg) {
  char *text = NULL;
  size_t size = 0;
  IDR_TRY(idr_file_put(fd[SCRIPT], "a script for gnuplot", script, bytes));
  if (lseek(fd[SCRIPT], 0, SEEK_SET) != 0)
    return idr_file_fail("read", "a script for gnuplot", errno);
  IDR_TRY(run(g, fd));
  IDR_TRY(read_all(fd[PICTURE], SVG_MAX, &text, &size));
  idr_status status = take_svg(g, text, label, svg);
  free(text);
  IDR_TRY(status);
  return IDR_STATUS_OK;
}

idr_status idr_gnuplot_draw(const idr_gnuplot *gnuplot, const char *script, size_t bytes,
                            const char *label, char **svg) {
  int fd[FILES] = {-1, -1, -1};
  *svg = NULL;
  idr_status status = open_files(gnuplot->folder, fd);
  if (status == IDR_STATUS_OK) status = draw(gnuplot, fd, script, bytes, label, svg);
  for (int i = 0; i < FILES; i++)
    if (fd[i] >= 0) close(fd[i]);
  return status;
}

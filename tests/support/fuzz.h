/* What every fuzz target needs. A target is a file tests/fuzz/fuzz_<name>.c that defines
 * LLVMFuzzerTestOneInput: it hands the bytes to one reader of the tree and checks what the reader
 * promises of its answer. It must end the same way for the same bytes, keep nothing from one input
 * to the next, and write only below idr_fuzz_folder(). */
#ifndef IDR_TESTS_SUPPORT_FUZZ_H
#define IDR_TESTS_SUPPORT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
/* Called once before the first input where a target defines it. Returns 0. */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* A promise of the code under test; ends the process with its text when it is broken. */
#define FUZZ_CHECK(promise)                                                                        \
  do {                                                                                             \
    if (!(promise)) idr_fuzz_broken(#promise, __FILE__, __LINE__);                                 \
  } while (0)
_Noreturn void idr_fuzz_broken(const char *promise, const char *file, int line);

/* A copy of exactly `bytes` bytes, so that reading one more is seen; with `terminated` a zero byte
 * follows. The caller frees. */
char *idr_fuzz_copy(const void *data, size_t bytes, int terminated);

/* An empty folder of this process, in memory where there is such a file system; it goes when the
 * process ends. */
const char *idr_fuzz_folder(void);
/* Writes a file whole, without waiting for the disk. */
void idr_fuzz_put_file(const char *path, const void *data, size_t bytes);

/* Cuts `data` at the first line "====": what is in front, and what follows (empty without one).
 * For targets that take two texts. */
typedef struct {
  const char *first, *second;
  size_t first_bytes, second_bytes;
} idr_fuzz_halves;
idr_fuzz_halves idr_fuzz_split(const uint8_t *data, size_t bytes);

#endif

/* Files: limits, replacement that leaves the old or the new version, messages that help. */
#include "base/file.h"
#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/idr_file_XXXXXX";
static char path[64];

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof(path), "%s/a", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(path);
  return rmdir(folder);
}

static int entries(void) {
  DIR *list = opendir(folder);
  int count = 0;
  while (readdir(list))
    count++;
  closedir(list);
  return count - 2; /* without . and .. */
}

static void assert_content(const char *expected, size_t bytes) {
  char *data;
  size_t got;
  assert_int_equal(idr_file_read(path, 1 << 24, &data, &got), IDR_STATUS_OK);
  assert_int_equal(got, bytes);
  assert_memory_equal(data, expected, bytes);
  assert_int_equal(data[got], 0);
  free(data);
}

static void assert_message(const char *expected) {
  if (!strstr(idr_error_get()->message, expected))
    fail_msg("expected \"%s\" in \"%s\"", expected, idr_error_get()->message);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  static char large[300000];
  for (size_t i = 0; i < sizeof(large); i++)
    large[i] = (char)(i * 2654435761u >> 13);
  assert_int_equal(idr_file_write(path, "a\0b", 3), IDR_STATUS_OK);
  assert_content("a\0b", 3);
  assert_int_equal(idr_file_write(path, large, sizeof(large)), IDR_STATUS_OK);
  assert_content(large, sizeof(large));
  assert_int_equal(idr_file_write(path, "", 0), IDR_STATUS_OK);
  assert_content("", 0);
  assert_int_equal(entries(), 1);
}

static void the_limit_is_exact(void **state) {
  (void)state;
  char *data;
  size_t bytes;
  assert_int_equal(idr_file_write(path, "12345", 5), IDR_STATUS_OK);
  assert_int_equal(idr_file_read(path, 5, &data, &bytes), IDR_STATUS_OK);
  free(data);
  assert_int_equal(idr_file_read(path, 4, &data, &bytes), IDR_STATUS_IO);
  assert_null(data);
  assert_int_equal(bytes, 0);
  assert_message("longer than the 4 bytes allowed");
}

static void messages_say_what_to_do(void **state) {
  (void)state;
  char *data;
  size_t bytes;
  assert_int_equal(idr_file_read("/tmp/idr_no_such_file", 9, &data, &bytes), IDR_STATUS_IO);
  assert_message("cannot read '/tmp/idr_no_such_file': No such file or directory; check the path");
  assert_int_equal(idr_file_read(folder, 9, &data, &bytes), IDR_STATUS_IO);
  assert_message("Is a directory");
  assert_int_equal(idr_file_write("/tmp/idr_no_such_folder/x", "", 0), IDR_STATUS_IO);
  assert_message("cannot create '/tmp/idr_no_such_folder/x.tmp");
}

static void a_full_disk_is_told(void **state) {
  (void)state;
  int fd = open("/dev/full", O_WRONLY);
  if (fd < 0) skip();
  assert_int_equal(idr_file_put(fd, "results", "x", 1), IDR_STATUS_IO);
  close(fd);
  assert_message("cannot write 'results': No space left on device; free some space");
}

/* In a process that may write no more than 1000 bytes: the old file stays, no other is left. */
static int write_too_much(void) {
  struct rlimit limit = {1000, 1000};
  static char data[5000];
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
  return idr_file_write(path, data, sizeof(data)) == IDR_STATUS_IO ? 0 : 1;
}

static void a_failed_write_leaves_the_old_file(void **state) {
  (void)state;
  int result = 0;
  assert_int_equal(idr_file_write(path, "old", 3), IDR_STATUS_OK);
  pid_t child = fork();
  if (child == 0) _exit(write_too_much());
  assert_true(child > 0 && waitpid(child, &result, 0) == child);
  assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  assert_content("old", 3);
  assert_int_equal(entries(), 1);
}

static void replacing_a_folder_fails_cleanly(void **state) {
  (void)state;
  char inner[96], file[128];
  snprintf(inner, sizeof(inner), "%s/inner", folder);
  snprintf(file, sizeof(file), "%s/x", inner);
  assert_int_equal(idr_file_make_folders(inner), IDR_STATUS_OK);
  assert_int_equal(idr_file_write(file, "x", 1), IDR_STATUS_OK);
  int before = entries();
  assert_int_equal(idr_file_write(inner, "x", 1), IDR_STATUS_IO);
  assert_int_equal(entries(), before);
  assert_int_equal(idr_file_remove(file), IDR_STATUS_OK);
  assert_int_equal(rmdir(inner), 0);
}

static void folders_are_made_with_their_parents(void **state) {
  (void)state;
  char a[96], abc[128];
  snprintf(a, sizeof(a), "%s/b", folder);
  snprintf(abc, sizeof(abc), "%s/c//d/", a);
  assert_int_equal(idr_file_make_folders(abc), IDR_STATUS_OK);
  assert_int_equal(idr_file_make_folders(abc), IDR_STATUS_OK);
  assert_true(idr_file_is_folder(abc));
  assert_true(idr_file_exists(a));
  assert_int_equal(rmdir(abc), 0);
  snprintf(abc, sizeof(abc), "%s/c", a);
  assert_int_equal(rmdir(abc), 0);
  assert_int_equal(rmdir(a), 0);
  assert_int_equal(idr_file_make_folders(""), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_file_write(path, "x", 1), IDR_STATUS_OK);
  snprintf(abc, sizeof(abc), "%s/e", path);
  assert_int_equal(idr_file_make_folders(abc), IDR_STATUS_IO);
  assert_message("a file stands where a folder should be");
}

static void removal_of_nothing_is_fine(void **state) {
  (void)state;
  assert_int_equal(idr_file_write(path, "x", 1), IDR_STATUS_OK);
  assert_int_equal(idr_file_remove(path), IDR_STATUS_OK);
  assert_false(idr_file_exists(path));
  assert_int_equal(idr_file_remove(path), IDR_STATUS_OK);
  assert_int_equal(idr_file_remove(folder), IDR_STATUS_IO);
}

static void names_without_a_folder_work(void **state) {
  (void)state;
  assert_int_equal(chdir(folder), 0);
  assert_int_equal(idr_file_write("a", "here", 4), IDR_STATUS_OK);
  assert_int_equal(chdir("/"), 0);
  assert_content("here", 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(the_limit_is_exact),
      cmocka_unit_test(messages_say_what_to_do),
      cmocka_unit_test(a_full_disk_is_told),
      cmocka_unit_test(a_failed_write_leaves_the_old_file),
      cmocka_unit_test(replacing_a_folder_fails_cleanly),
      cmocka_unit_test(folders_are_made_with_their_parents),
      cmocka_unit_test(removal_of_nothing_is_fine),
      cmocka_unit_test(names_without_a_folder_work),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

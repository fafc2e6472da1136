/* How this binary was made; printed by `idrill version` and in the banner of every run. */
#ifndef IDR_BASE_BUILD_H
#define IDR_BASE_BUILD_H

typedef struct {
  const char *version;  /* "0.1.0" */
  const char *git;      /* commit, "-dirty" behind it when files differed; "unknown" without git */
  const char *compiler; /* "GNU 12.2.0" */
  const char *flags;    /* compiler flags */
  const char *arch;     /* value of -march */
  const char *type;     /* "Release" */
  const char *sanitize; /* list for -fsanitize, "" for none */
  const char *cuda;     /* version of the toolkit that built the kernels, "" for none */
} idr_build;

const idr_build *idr_build_get(void);

#endif

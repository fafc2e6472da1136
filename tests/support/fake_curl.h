/* libcurl's transfers without a network, for the fuzz target of the MLflow client: linked into a
 * program, these functions stand in front of the library's. Requests are answered from a text:
 *
 *   200                         status; nothing, or what is no number: no answer comes
 *   Retry-After: 3              headers, up to an empty line
 *
 *   {"run": {}}                 body, up to the line
 *   ----
 *
 * and so on, one answer after another; when there is none left, no server is there. An answer whose
 * artifact_uri is a path does not come: the client would copy files to wherever it says. */
#ifndef IDR_TESTS_SUPPORT_FAKE_CURL_H
#define IDR_TESTS_SUPPORT_FAKE_CURL_H

#include <stddef.h>

/* Answers from now on; borrowed. */
void idr_fake_curl_answers(const char *text, size_t bytes);
/* Requests since then. */
int idr_fake_curl_requests(void);

#endif

#include "track/uploader.h"
#include "base/clock.h"
#include "base/text.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TROUBLE_PAUSE 5.0 /* s after trouble on this side, such as a full disk */
#define DRAIN_PAUSE   1.0 /* s at most between two tries while someone waits */
#define GIVE_UP       5   /* failures in a row after which a drain waits no longer */

struct idr_uploader {
  idr_upload *upload;
  double every;
  pthread_t thread;
  bool runs;

  pthread_mutex_t mutex; /* of all below */
  pthread_cond_t wake;   /* for the thread: something to do */
  pthread_cond_t told;   /* for who drains: something happened */
  bool stop, draining;
  int64_t looks; /* finished looks at the spool that found nothing more */
  int failures;
  idr_uploader_news news;
};

/* Waits `seconds` on a condition of the monotonic clock; the mutex is held. */
static void wait_for(idr_uploader *u, pthread_cond_t *condition, double seconds) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  double whole = floor(seconds);
  until.tv_sec += (time_t)whole;
  until.tv_nsec += (long)((seconds - whole) * 1e9);
  if (until.tv_nsec >= 1000000000L) {
    until.tv_nsec -= 1000000000L;
    until.tv_sec++;
  }
  pthread_cond_timedwait(condition, &u->mutex, &until);
}

/* One step, and how long to wait behind it; the mutex is not held. */
static double step(idr_uploader *u, idr_upload_state *state, char *trouble, size_t size) {
  trouble[0] = '\0';
  /* Texts that are too long are cut. */
  if (idr_upload_step(u->upload, state) != IDR_STATUS_OK) {
    idr_text_append(trouble, size, "%s", idr_error_get()->message);
    idr_error_clear();
    *state = IDR_UPLOAD_WAIT;
    return TROUBLE_PAUSE;
  }
  if (*state == IDR_UPLOAD_WAIT)
    idr_text_append(trouble, size, "%s", idr_upload_message(u->upload));
  return *state == IDR_UPLOAD_WAIT   ? idr_upload_pause(u->upload)
         : *state == IDR_UPLOAD_IDLE ? u->every
                                     : 0;
}

/* Until the pause is over, or someone waits for the end; a server that fails gets its time, though
 * not all of it then. The mutex is held. */
static void rest(idr_uploader *u, idr_upload_state state, double pause) {
  double begin = idr_clock_seconds();
  while (!u->stop) {
    double most = !u->draining ? pause : state == IDR_UPLOAD_WAIT ? fmin(pause, DRAIN_PAUSE) : 0;
    double left = begin + most - idr_clock_seconds();
    if (left <= 0) return;
    wait_for(u, &u->wake, left);
  }
}

static void *work(void *context) {
  idr_uploader *u = context;
  idr_uploader_news news;
  pthread_mutex_lock(&u->mutex);
  while (!u->stop) {
    idr_upload_state state;
    pthread_mutex_unlock(&u->mutex);
    double pause = step(u, &state, news.trouble, sizeof news.trouble);
    news.account = idr_upload_get(u->upload);
    pthread_mutex_lock(&u->mutex);
    u->news = news;
    u->failures = state == IDR_UPLOAD_WAIT ? u->failures + 1 : 0;
    u->looks += state == IDR_UPLOAD_IDLE;
    pthread_cond_broadcast(&u->told);
    rest(u, state, pause);
  }
  pthread_mutex_unlock(&u->mutex);
  return NULL;
}

static void init_conditions(idr_uploader *u) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_mutex_init(&u->mutex, NULL);
  pthread_cond_init(&u->wake, &monotonic);
  pthread_cond_init(&u->told, &monotonic);
  pthread_condattr_destroy(&monotonic);
}

/* Signals are for the thread that polls the stop flag. */
static int start_thread(idr_uploader *u) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&u->thread, NULL, work, u);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

idr_status idr_uploader_start(const char *folder, const idr_mlflow_settings *settings,
                              idr_uploader **out) {
  idr_uploader *u = calloc(1, sizeof *u);
  *out = NULL;
  if (!u) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to upload '%s'", folder);
  init_conditions(u);
  u->every = settings->every;
  idr_status status = idr_upload_open(folder, settings, &u->upload);
  if (status == IDR_STATUS_OK) {
    u->news.account = idr_upload_get(u->upload);
    u->runs = start_thread(u) == 0;
    if (!u->runs)
      status = idr_fail_at(IDR_STATUS_IO, __func__, __FILE__, __LINE__,
                           "the system gave no thread to upload '%s'", folder);
  }
  if (status != IDR_STATUS_OK)
    idr_uploader_stop(u);
  else
    *out = u;
  return status;
}

bool idr_uploader_drain(idr_uploader *u, double seconds) {
  double end = idr_clock_seconds() + seconds;
  pthread_mutex_lock(&u->mutex);
  /* The look in progress may have missed what was written just now: only the next one counts. */
  int64_t wanted = u->looks + 2;
  u->failures = 0;
  u->draining = true;
  pthread_cond_signal(&u->wake);
  while (u->looks < wanted && u->failures < GIVE_UP && idr_clock_seconds() < end)
    wait_for(u, &u->told, fmax(end - idr_clock_seconds(), 0.001));
  u->draining = false;
  bool all = u->looks >= wanted;
  pthread_mutex_unlock(&u->mutex);
  return all;
}

void idr_uploader_stop(idr_uploader *u) {
  if (!u) return;
  if (u->runs) {
    pthread_mutex_lock(&u->mutex);
    u->stop = true;
    pthread_cond_signal(&u->wake);
    pthread_mutex_unlock(&u->mutex);
    idr_upload_interrupt(u->upload);
    pthread_join(u->thread, NULL);
  }
  idr_upload_close(u->upload);
  pthread_cond_destroy(&u->told);
  pthread_cond_destroy(&u->wake);
  pthread_mutex_destroy(&u->mutex);
  free(u);
}

idr_uploader_news idr_uploader_get(idr_uploader *u) {
  pthread_mutex_lock(&u->mutex);
  idr_uploader_news news = u->news;
  pthread_mutex_unlock(&u->mutex);
  return news;
}

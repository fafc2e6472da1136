/* The thread of a run that uploads its spool while the training goes on. It makes no MPI calls and
 * sees no signals; the training never waits for it but in idr_uploader_drain. */
#ifndef IDR_TRACK_UPLOADER_H
#define IDR_TRACK_UPLOADER_H

#include "track/upload.h"

typedef struct idr_uploader idr_uploader;

/* `settings` are copied. CONFIG for an address that is none, or a run that is being uploaded. */
idr_status idr_uploader_start(const char *folder, const idr_mlflow_settings *settings,
                              idr_uploader **out);
/* Waits until the server has everything, at most `seconds`, and less when the server does not
 * answer. True when nothing is left. */
bool idr_uploader_drain(idr_uploader *uploader, double seconds);
/* Ends the thread within about a second, whatever the server does. NULL allowed. */
void idr_uploader_stop(idr_uploader *uploader);

/* For the log: how it stands. */
typedef struct {
  idr_upload_account account;
  char trouble[1024]; /* why it waits; "": it does not */
} idr_uploader_news;
idr_uploader_news idr_uploader_get(idr_uploader *uploader);

#endif

#include "jobs/job.h"

#include <string.h>

void idr_help_overview(FILE *out) {
  int count = 0;
  const idr_job *jobs = idr_job_table_get(&count);
  fputs("idrill: drilling simulation and learning, from one workstation to many nodes\n\n"
        "usage: idrill JOB ...\n"
        "       mpirun -np N --bind-to none idrill JOB ...\n\njobs:\n",
        out);
  for (int i = 0; i < count; i++)
    fprintf(out, "  %-14s %s\n", jobs[i].name, jobs[i].doc);
  fputs("\n'idrill help JOB' shows the page of a job with every setting, unit, range and default.\n"
        "exit codes: 0 finished, 75 stopped and resumable, 1 failed\n",
        out);
}

void idr_help_page(const idr_job *job, FILE *out) {
  fprintf(out, "usage: idrill %s%s%s\n\n%s\n", job->name, job->usage[0] ? " " : "", job->usage,
          job->doc);
  if (!job->help) return;
  fputc('\n', out);
  job->help(out);
}

int idr_job_help(idr_job_context *context, int argc, char **argv) {
  if (argc == 0) {
    idr_help_overview(stdout);
    return IDR_EXIT_FINISHED;
  }
  const idr_job *job = idr_job_find(argv[0]);
  if (job) {
    idr_help_page(job, stdout);
    return IDR_EXIT_FINISHED;
  }
  const idr_job *near = idr_job_nearest(argv[0]);
  idr_fail_at(IDR_STATUS_CONFIG, __func__, __FILE__, __LINE__,
              "there is no job '%s'%s%s%s; 'idrill help' lists the jobs", argv[0],
              near ? ", did you mean '" : "", near ? near->name : "", near ? "'?" : "");
  return idr_job_fail(context, NULL);
}

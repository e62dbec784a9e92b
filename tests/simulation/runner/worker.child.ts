import { carryOut, type Job } from './job.ts';

/** A process that lives through one world at a time: nothing is shared with any other. */
process.on('message', (job: Job) => {
  void carryOut(job).then((report) => process.send?.(report));
});

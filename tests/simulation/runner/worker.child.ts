import { carryOut, type Job } from './job.ts';

// Nobody reads the stacks of errors that are expected; making them costs a tenth of the time.
Error.stackTraceLimit = 0;

/** A process that lives through one world at a time: nothing is shared with any other. */
process.on('message', (job: Job) => {
  void carryOut(job).then((report) => process.send?.(report));
});

import type { ReportedState } from '../../../engine/projections/folding/generation.ts';

/** The meaning of each state of a read model, for the API and the reference page. */
export const STATE_MEANINGS: Readonly<Record<ReportedState, string>> = {
  'catching-up': 'It reads the log by itself, in large batches, until it reaches the head.',
  live: 'It follows the feed.',
  blocked: 'It stopped at an event that it cannot fold. The other read models continue.',
  paused: 'An operator paused it. It stays paused after a restart.',
  retired: 'A newer generation serves queries in its place.',
  waiting: 'Its rebuild waits for its turn: only a few rebuilds run at a time.',
  failing: 'It cannot be written, and is retried: queries return older documents.',
  unassigned: 'No instance runs it: start a worker.',
};

import type { EventStoreDbLog } from '../../adapters/eventstoredb/event-log.ts';
import type { Finding } from '../operations.ts';
import { ok, problem } from './finding.ts';

const CHECK = 'shared log';
const NAMES = new Intl.ListFormat('en');

/**
 * Counts the events of other applications on the same EventStoreDB, which are passed over, and the
 * events of this log that cannot be read.
 */
export async function examineSharedLog(
  log: Pick<EventStoreDbLog, 'examineContent'>,
): Promise<readonly Finding[]> {
  const { prefix, examined, complete, passedOver, unreadable } = await log.examineContent();
  const scope = complete ? `all ${examined}` : `the newest ${examined}`;
  const findings: Finding[] = [];
  if (unreadable.count > 0) {
    const examples = unreadable.examples.map(
      ({ id, stream, revision, expected }) =>
        `${id} in ${stream} at revision ${revision}: expected ${expected}`,
    );
    const found = `${unreadable.count} of ${scope} events cannot be read, such as ${examples.join('; ')}`;
    const action =
      'find the application that wrote them, then see docs/how-to/handle-a-blocked-projection.md';
    findings.push(problem(CHECK, found, action));
  }
  const streams = prefix === '' ? 'streams without a prefix' : `streams of ${prefix}*`;
  const { count } = passedOver;
  const others = count === 0 ? '' : `, such as those of ${NAMES.format(passedOver.streams)}`;
  const found = `${streams}; ${count} of ${scope} events are of other applications and passed over`;
  findings.push(ok(CHECK, `${found}${others}`));
  return findings;
}

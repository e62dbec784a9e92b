import { describeEventLogContract } from '../../contracts/event-log/suite.ts';
import { openTemporaryLog } from './temporary-log.ts';

describeEventLogContract('the SQLite adapter', () => Promise.resolve(openTemporaryLog()), {
  alone: true,
  exactLimit: true,
  reopens: true,
});

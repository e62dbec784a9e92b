import { serveLogWriter } from '../../adapters/sqlite/log-writer.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { channelToParent } from '../../adapters/system/thread.ts';

// Entry of the thread that writes the embedded log, so that no request waits for the disk.
serveLogWriter(channelToParent(), systemClock);

import { lockDataFolder } from '../../../src/adapters/sqlite/data-folder-lock.ts';

/** Holds the folder named by the first argument, announcing the second, until it is killed. */
const [folder = '', address = ''] = process.argv.slice(2);
lockDataFolder(folder, () => '2025-03-01T12:00:00.000Z').announce(address);
process.stdout.write('held\n');
// Ends with the test even when it is not killed.
process.stdin.resume();

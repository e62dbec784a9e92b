import type { Command } from 'commander';

import type { BackupReport, Maintenance } from '../../maintenance/operations.ts';
import { createProgress, type Progress } from '../progress.ts';
import { exportLog } from '../../maintenance/transfer/export-log.ts';
import { importLog, verifyExport } from '../../maintenance/transfer/import-log.ts';
import type { Manifest } from '../../maintenance/transfer/manifest.ts';

interface Flags {
  readonly json: boolean;
}

const print = (text: string) => process.stdout.write(text);

/** Commands about the log as a whole. They need no server; the embedded log has none open. */
export function addTransferCommands(
  program: Command,
  events: Command,
  load: () => Promise<Maintenance>,
): void {
  const json = (command: Command) => command.option('--json', 'print the report as JSON', false);

  json(events.command('export'))
    .description('write the whole log into a new folder; stop the server of an embedded log first')
    .argument('<folder>', 'new or empty')
    .action(async (folder: string, flags: Flags) => {
      await withLog(load, 'read', async ({ log }, progress) => {
        const manifest = await exportLog({
          log,
          folder,
          progress: (count) => progress.show(`${count} events written`),
        });
        report(flags, manifest, `exported ${inWords(manifest)}`);
      });
    });

  json(events.command('verify'))
    .description('read an export from its first byte to its last')
    .argument('<folder>', 'of an export')
    .action(async (folder: string, flags: Flags) => {
      const progress = progressOnErr();
      const manifest = await verifyExport(folder, (count) => progress.show(`${count} verified`));
      progress.end();
      report(flags, manifest, `as it was written: ${inWords(manifest)}`);
    });

  json(events.command('import'))
    .description('fill an empty log with an export; run again, it goes on where it stopped')
    .argument('<folder>', 'of an export')
    .action(async (folder: string, flags: Flags) => {
      await withLog(load, 'fill', async ({ log, appendsAtOnce }, progress) => {
        const done = await importLog({
          log,
          folder,
          appendsAtOnce,
          progress: (phase, count) => progress.show(`${count} events ${phase}`),
        });
        const { manifest, found, imported } = done;
        const text = `imported ${imported} events, ${found} were there already: ${inWords(manifest)}`;
        report(flags, done, text);
      });
    });

  json(program.command('backup'))
    .description('copy the embedded stores into a new folder, while the server runs or not')
    .argument('<folder>', 'new or empty')
    .option('--with-documents', 'the read models as well; they can be built again', false)
    .action(async (folder: string, flags: Flags & { readonly withDocuments: boolean }) => {
      const done = await (await load()).backUp(folder, flags.withDocuments);
      report(flags, done, `backed up ${backupInWords(done)}`);
    });

  json(program.command('restore'))
    .description('put a backup into a data folder that has no log')
    .argument('<folder>', 'of a backup')
    .action(async (folder: string, flags: Flags) => {
      const done = await (await load()).restore(folder);
      report(flags, done, `restored ${backupInWords(done)}`);
    });
}

async function withLog(
  load: () => Promise<Maintenance>,
  use: 'read' | 'fill',
  run: (opened: Awaited<ReturnType<Maintenance['openLog']>>, progress: Progress) => Promise<void>,
): Promise<void> {
  const opened = await (await load()).openLog(use);
  const progress = progressOnErr();
  try {
    await run(opened, progress);
  } finally {
    await opened.close();
  }
}

function progressOnErr(): Progress {
  return createProgress((text) => process.stderr.write(text), process.stderr.isTTY);
}

function report({ json }: Flags, what: unknown, text: string): void {
  print(json ? `${JSON.stringify(what)}\n` : `${text}\n`);
}

function inWords({ events, streams, files, hash }: Manifest): string {
  const count = `${events} events of ${streams} streams in ${files.length} files`;
  return `${count}, hash ${hash}`;
}

function backupInWords({ events, lastPosition, lastRecordedAt, files }: BackupReport): string {
  const until = lastRecordedAt === undefined ? '' : ` (${lastRecordedAt})`;
  const names = files.map(({ name }) => name).join(', ');
  return `${events} events up to ${lastPosition}${until}: ${names}`;
}

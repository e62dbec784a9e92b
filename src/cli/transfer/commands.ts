import type { Command } from 'commander';

import type { BackupReport, Maintenance } from '../../maintenance/operations.ts';
import { exportLog } from '../../maintenance/transfer/export-log.ts';
import { importLog, verifyExport } from '../../maintenance/transfer/import-log.ts';
import type { Manifest } from '../../maintenance/transfer/manifest.ts';
import { createProgress, type Progress } from '../progress.ts';

interface Flags {
  readonly json: boolean;
}

const print = (text: string) => process.stdout.write(text);

/** Commands for the log as a whole. They need no server; an embedded log must not be open. */
export function addTransferCommands(
  program: Command,
  events: Command,
  load: () => Promise<Maintenance>,
): void {
  const json = (command: Command) => command.option('--json', 'print the report as JSON', false);

  json(events.command('export'))
    .description('export the whole log to a new folder; stop the server of an embedded log first')
    .argument('<folder>', 'new or empty')
    .action(async (folder: string, flags: Flags) => {
      await withLog(load, 'read', async ({ log }, progress) => {
        const manifest = await exportLog({
          log,
          folder,
          progress: (count) => progress.show(`${count} events written`),
        });
        report(flags, manifest, `exported ${manifestToText(manifest)}`);
      });
    });

  json(events.command('verify'))
    .description('verify every byte of an export')
    .argument('<folder>', 'folder of an export')
    .action(async (folder: string, flags: Flags) => {
      const progress = progressOnErr();
      const manifest = await verifyExport(folder, (count) => progress.show(`${count} verified`));
      progress.end();
      report(flags, manifest, `unchanged: ${manifestToText(manifest)}`);
    });

  json(events.command('import'))
    .description(
      'import an export into an empty log; an interrupted import continues when run again',
    )
    .argument('<folder>', 'folder of an export')
    .action(async (folder: string, flags: Flags) => {
      await withLog(load, 'fill', async ({ log, appendBatchSize }, progress) => {
        const result = await importLog({
          log,
          folder,
          appendBatchSize,
          progress: (phase, count) => progress.show(`${count} events ${phase}`),
        });
        const { manifest, found, imported } = result;
        const text = `imported ${imported} events, ${found} were there already: ${manifestToText(manifest)}`;
        report(flags, result, text);
      });
    });

  json(program.command('backup'))
    .description('copy the embedded storage to a new folder; the server may be running')
    .argument('<folder>', 'new or empty')
    .option('--with-documents', 'include the read models, which can also be rebuilt', false)
    .action(async (folder: string, flags: Flags & { readonly withDocuments: boolean }) => {
      const backup = await (await load()).backUp(folder, flags.withDocuments);
      report(flags, backup, `backed up ${backupToText(backup)}`);
    });

  json(program.command('restore'))
    .description(
      'restore a backup into a data folder without a log, or with one that cannot be used',
    )
    .argument('<folder>', 'folder of a backup')
    .action(async (folder: string, flags: Flags) => {
      const backup = await (await load()).restore(folder);
      const kept = (backup.kept ?? []).map((path) => `\nset aside: ${path}`).join('');
      const generation = `\ngeneration of the log: ${backup.generation}`;
      report(flags, backup, `restored ${backupToText(backup)}${generation}${kept}`);
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

function report({ json }: Flags, result: unknown, text: string): void {
  print(json ? `${JSON.stringify(result)}\n` : `${text}\n`);
}

function manifestToText({ events, streams, files, hash }: Manifest): string {
  const count = `${events} events of ${streams} streams in ${files.length} files`;
  return `${count}, hash ${hash}`;
}

function backupToText({ events, lastPosition, lastRecordedAt, files }: BackupReport): string {
  const until = lastRecordedAt === undefined ? '' : ` (${lastRecordedAt})`;
  const names = files.map(({ name }) => name).join(', ');
  return `${events} events up to ${lastPosition}${until}: ${names}`;
}

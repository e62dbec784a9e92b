import type { Command } from 'commander';

import { ConfigError } from '../config.ts';
import { TillstreamError } from '../domain/kernel/errors.ts';
import { describeFileError } from '../maintenance/file-error.ts';
import { MaintenanceError } from '../maintenance/maintenance-error.ts';
import { ServerError } from './api-client.ts';
import { CliError } from './cli-error.ts';

/** A failure as a line for people, or as JSON for the program that reads the output. */
export function failureText(error: unknown, json: boolean): string {
  const message = messageOf(error);
  if (!json) return `${message}\n`;
  const code = error instanceof CliError && error.code !== undefined ? error.code : 'failed';
  return `${JSON.stringify({ error: { code, message } })}\n`;
}

/** The stack of a bug; an expected failure says what to do, without the names of our code. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isExpected(error)) return error.message;
  return describeFileError(error) ?? error.stack ?? error.message;
}

function isExpected(error: Error): boolean {
  if (error instanceof CliError || error instanceof MaintenanceError) return true;
  if (error instanceof ServerError || error instanceof ConfigError) return true;
  return error instanceof TillstreamError && error.kind === 'unavailable';
}

/** Errors in the arguments of a command appear as JSON too, where JSON is asked for. */
export function reportArgumentErrors(program: Command, json: boolean): void {
  const commands = [program];
  for (const command of commands) {
    commands.push(...command.commands);
    if (!json) continue;
    command.showHelpAfterError(false);
    command.configureOutput({
      outputError: (text, write) => {
        const message = text.trim().replace(/^error: /, '');
        write(`${JSON.stringify({ error: { code: 'invalid_arguments', message } })}\n`);
      },
    });
  }
}

/**
 * A reader that has seen enough, such as `head`, closes the pipe: the command then ends quietly. A
 * server goes on without its output.
 */
export function endQuietlyOnClosedPipe(serving: () => boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (!serving()) process.exit();
    });
  }
}

import type { Command } from 'commander';

import { clientOf, type ServerFlags, withServerFlags } from '../server-flags.ts';
import { readTextFile } from '../text-file.ts';
import {
  type DeviceOptions,
  exportFacts,
  importFacts,
  listDevices,
  retireDevice,
  showDevice,
} from './operations.ts';

/** `tillstream devices ...`: tills and tablets, and the facts that they send, through the API. */
export function addDevicesCommands(program: Command, dataDir: string, port: string): void {
  const devices = program.command('devices').description('tills and tablets, and their facts');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      devices.command(name, options).description(description),
      { dataDir, port },
      'a manager',
    );

  add('list', 'list the devices, with what is here of each', { isDefault: true }).action(
    (flags: ServerFlags) => listDevices(optionsOf(flags)),
  );
  add('show', 'show what is here of each life of a device, and what is missing')
    .argument('<device>', 'id of the device')
    .action((deviceId: string, flags: ServerFlags) => showDevice(optionsOf(flags), deviceId));
  add('retire', 'end the token and the sessions of a device; its facts stay')
    .argument('<device>', 'id of the device')
    .action((deviceId: string, flags: ServerFlags) => retireDevice(optionsOf(flags), deviceId));
  add('export', 'write the facts of a device to stdout, one a line, as it wrote them')
    .argument('<device>', 'id of the device')
    .action((deviceId: string, flags: ServerFlags) => exportFacts(optionsOf(flags), deviceId));
  add('import', 'send the facts of a file, such as those that a broken device could not send')
    .argument('<file>', 'facts, one a line')
    .action(async (file: string, flags: ServerFlags) => {
      await importFacts(optionsOf(flags), readTextFile(file));
    });
}

function optionsOf(flags: ServerFlags): DeviceOptions {
  return {
    client: clientOf(flags, 'manager'),
    json: flags.json,
    out: (text) => process.stdout.write(text),
  };
}

import { parseArgs } from 'node:util';

import { FAULT_NAMES, type FaultName, type Weather } from '../world/weather.ts';

/** What is taken away from the world of a seed, to see whether its failure needs it. */
export interface Less {
  readonly without?: readonly FaultName[];
  readonly clients?: number;
  readonly commands?: number;
  readonly nodes?: number;
}

export interface Arguments {
  readonly seeds: number | undefined;
  readonly minutes: number | undefined;
  readonly from: number | undefined;
  readonly seed: number | undefined;
  readonly trace: boolean;
  readonly known: boolean;
  readonly mutants: boolean;
  readonly mutant: string | undefined;
  readonly less: Less;
}

export const USAGE = `npm run sim -- --seeds N [--from S]        so many worlds, one after the other
npm run sim -- --minutes M [--from S]      as many as there is time for
npm run sim -- --known                     200 fixed seeds and all that ever failed
npm run sim -- --mutants [--mutant NAME]   bugs put in on purpose: are they found?
npm run sim -- --seed S [--trace]          one world, with all that happens in it
    [--mutant NAME] [--without FAULT,...] [--clients N] [--commands N] [--nodes N]`;

function whole(name: string, text: string | undefined, most = 0xffff_ffff): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new Error(`expected --${name} as a whole number up to ${most}, found ${text}`);
}

function faultsOf(text: string | undefined): readonly FaultName[] {
  const names = text?.split(',') ?? [];
  const unknown = names.find((name) => !FAULT_NAMES.includes(name as never));
  if (unknown === undefined) return names as FaultName[];
  throw new Error(`expected --without as some of ${FAULT_NAMES.join(', ')}; found ${unknown}`);
}

/** @throws Error that says what was expected. */
export function readArguments(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    ...{ seeds: text, minutes: text, from: text, seed: text, mutant: text, without: text },
    ...{ clients: text, commands: text, nodes: text, trace: flag, known: flag, mutants: flag },
  };
  const { values } = parseArgs({ args: [...args], options });
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) {
    throw new Error(`expected --minutes as a number above 0, found ${values.minutes}`);
  }
  const { mutant, trace, known, mutants } = values;
  if (mutant !== undefined && values.seed === undefined && !mutants) {
    throw new Error('expected --seed or --mutants with --mutant');
  }
  const limits = {
    clients: whole('clients', values.clients),
    commands: whole('commands', values.commands),
    nodes: whole('nodes', values.nodes),
  };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return {
    ...{ mutant, trace, known, mutants, minutes },
    seeds: whole('seeds', values.seeds),
    from: whole('from', values.from),
    seed: whole('seed', values.seed),
    less: {
      ...(Object.fromEntries(given) as Less),
      ...(values.without !== undefined && { without: faultsOf(values.without) }),
    },
  };
}

/** The options that take the same away again. */
export function wordsFor({ without = [], clients, commands, nodes }: Less): string {
  const words = [
    clients === undefined ? '' : `--clients ${clients}`,
    commands === undefined ? '' : `--commands ${commands}`,
    nodes === undefined ? '' : `--nodes ${nodes}`,
    without.length === 0 ? '' : `--without ${without.join(',')}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** The weather with less in it. */
export function reduced(weather: Weather, { without = [], clients, commands, nodes }: Less) {
  const zeroed = Object.fromEntries(without.map((name) => [name, 0]));
  return {
    ...weather,
    clients: clients ?? weather.clients,
    commandsPerClient: commands ?? weather.commandsPerClient,
    nodes: nodes ?? weather.nodes,
    faults: { ...weather.faults, ...zeroed },
  };
}

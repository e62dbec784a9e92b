import type { SimNode } from './nodes/node.ts';
import { GRACE_MS } from './nodes/node.ts';
import type { Conditions } from './world/conditions.ts';

const EVERY_MS = 250;
/** Share of the requests, per crash in a second, in whose midst the node dies. */
const KILLED_AT_WORK = 0.2;
const AT_WORK_MS = 200;
const MOST_DOWN_MS = 2_000;
/** Of a clock that a time service keeps. */
const MOST_OFF_MS = 5_000;

export interface Chaos {
  /** A request has arrived: sometimes its node dies while it works on it. */
  arrived(node: SimNode): void;
}

/** What befalls whole nodes: deaths, orderly stops, pauses, and clocks that go wrong. */
export function startChaos(
  { world, weather, faults }: Conditions,
  nodes: readonly SimNode[],
): Chaos {
  const rnd = world.rnd('chaos');
  const perTick = EVERY_MS / 1_000;

  const bootLater = (node: SimNode) =>
    world.at(rnd.next() * MOST_DOWN_MS, `${node.name} is started`, () => node.boot());

  function terminate(node: SimNode): void {
    let over = false;
    const since = world.now;
    node.terminate(() => {
      over = true;
      world.note(`${node.name} has stopped after ${Math.round(world.now - since)} ms`);
      bootLater(node);
    });
    const { life } = node;
    const grace = GRACE_MS + weather.faults.pauseMs;
    world.at(grace, `${node.name} must have stopped`, () => {
      if (!over && life?.alive)
        world.fail('clean-stop', `${life.name} did not stop in ${grace} ms`);
    });
  }

  function clockFault(node: SimNode): void {
    const { wall } = node;
    wall.stillAt = rnd.chance(faults.clockStill) ? world.startedAt + world.now : undefined;
    if (faults.clockJumpMs > 0 && rnd.chance(0.02)) {
      wall.offsetMs += rnd.between(-faults.clockJumpMs, faults.clockJumpMs);
    }
  }

  function tick(): void {
    for (const node of nodes) {
      const { life } = node;
      if (!life) continue;
      clockFault(node);
      if (rnd.chance(faults.crash * perTick)) {
        node.kill();
        bootLater(node);
      } else if (node.app && rnd.chance(faults.restart * perTick)) terminate(node);
      else if (faults.pauseMs > 0 && rnd.chance(0.05)) {
        life.pausedUntil = world.now + rnd.next() * faults.pauseMs;
      }
    }
    world.at(EVERY_MS, 'chaos', tick);
  }

  for (const node of nodes) {
    node.wall.offsetMs = Math.round(rnd.between(-faults.clockSkewMs, faults.clockSkewMs));
  }
  world.at(EVERY_MS, 'chaos', tick);
  return {
    arrived(node) {
      const { life } = node;
      if (!life || !rnd.chance(faults.crash * KILLED_AT_WORK)) return;
      const kill = () => {
        node.kill();
        bootLater(node);
      };
      world.at(rnd.next() * AT_WORK_MS, 'SIGKILL', kill, life);
    },
  };
}

/**
 * A time service sets clocks that are far off. By a clock that is minutes ahead, each event that is
 * on its way lags by minutes, which is a cause of an alert.
 */
export function setClocks(nodes: readonly SimNode[]): void {
  for (const { wall } of nodes) {
    wall.offsetMs = Math.max(-MOST_OFF_MS, Math.min(wall.offsetMs, MOST_OFF_MS));
  }
}

/** Everybody is started again, with clocks that go, though not all alike. */
export function endChaos(nodes: readonly SimNode[]): void {
  for (const node of nodes) {
    node.wall.stillAt = undefined;
    if (node.life) node.life.pausedUntil = 0;
    else node.boot();
  }
}

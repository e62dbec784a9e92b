import type { StartedTestContainer } from 'testcontainers';

import type { Place, Runner } from './runner.ts';

export interface ContainerOptions {
  readonly image: string;
  /** On the host; it stays the same when the container is restarted. */
  readonly port: number;
  /** Inside the container. */
  readonly containerPort: number;
  /** The data folder of the image. */
  readonly folder: string;
  readonly args: (place: Place) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A server in a container that is removed with the test, also when the test is killed. */
export function createContainerRunner(options: ContainerOptions): Runner {
  const { image, port, containerPort, folder, args, env = {} } = options;
  let started: StartedTestContainer | undefined;
  let running = false;
  let frozen = false;

  async function handle() {
    if (!started) throw new Error(`expected a container of ${image}, found none`);
    const { getContainerRuntimeClient } = await import('testcontainers');
    return (await getContainerRuntimeClient()).container.getById(started.getId());
  }

  async function thaw(): Promise<void> {
    if (!frozen) return;
    frozen = false;
    await (await handle()).unpause();
  }

  return {
    port,
    async start() {
      if (started) {
        await (await handle()).start();
      } else {
        const { GenericContainer } = await import('testcontainers');
        started = await new GenericContainer(image)
          .withCommand([...args({ port: containerPort, folder, host: '0.0.0.0' })])
          .withEnvironment(env)
          .withExposedPorts({ container: containerPort, host: port })
          .start();
      }
      running = true;
    },
    async freeze() {
      await (await handle()).pause();
      frozen = true;
    },
    thaw,
    async kill() {
      if (!running) return;
      // Docker does not kill a paused container.
      await thaw();
      running = false;
      await (await handle()).kill();
    },
    async remove() {
      await thaw();
      running = false;
      await started?.stop({ timeout: 0 });
      started = undefined;
    },
    failure: () => undefined,
  };
}

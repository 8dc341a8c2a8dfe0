import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { buildStrategy } from '#adapters/discord/sharding.ts';

type Manager = Parameters<ReturnType<typeof buildStrategy>>[0];

/** Of the library's manager, what the strategy changes. */
const managerWith = (resumeURL: string, url: string): Manager =>
  ({
    options: { retrieveSessionInfo: async () => ({ resumeURL }) },
    fetchGatewayInformation: async () => ({ url }),
  }) as unknown as Manager;

const HERE = 'ws://127.0.0.1:4000';
const ELSEWHERE = 'wss://gateway.invalid';

function sharding(mustStayHere: boolean, resumeUrl = HERE, url = HERE) {
  const ending = new AbortController();
  const manager = managerWith(resumeUrl, url);
  buildStrategy({ mustStayHere, ending: ending.signal })(manager);
  return { ending, manager };
}

describe('a shard', () => {
  it('that asks for its session after the end waits for ever, and so never comes back', async () => {
    const { manager, ending } = sharding(false);
    expect(await manager.options.retrieveSessionInfo(0)).toEqual({ resumeURL: HERE });
    ending.abort();
    const asked = Promise.resolve(manager.options.retrieveSessionInfo(0));
    expect(await Promise.race([asked, setImmediate('no answer')])).toBe('no answer');
  });

  it('that may go anywhere resumes and connects where Discord says', async () => {
    const { manager } = sharding(false, ELSEWHERE, ELSEWHERE);
    expect(await manager.options.retrieveSessionInfo(0)).toEqual({ resumeURL: ELSEWHERE });
    expect(await manager.fetchGatewayInformation()).toEqual({ url: ELSEWHERE });
  });

  it('that must stay on this machine resumes no session elsewhere', async () => {
    const { manager } = sharding(true, ELSEWHERE);
    expect(await manager.options.retrieveSessionInfo(0)).toBeNull();
  });

  it('that must stay on this machine is not told of a gateway elsewhere', async () => {
    const { manager } = sharding(true, HERE, ELSEWHERE);
    await expect(manager.fetchGatewayInformation()).rejects.toThrow('is not on this machine');
  });
});

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;

/** Something pointed away from this machine while the bot was told to stay on it. */
export class ForeignHostError extends Error {
  override readonly name = 'ForeignHostError';
}

export const isLoopback = (address: string): boolean => LOOPBACK.test(new URL(address).hostname);

/** Returns the address when it is on this machine; throws a ForeignHostError otherwise. */
export function requireLoopback(address: string): string {
  if (!isLoopback(address)) {
    throw new ForeignHostError(`${address} is not on this machine, and nothing may leave it`);
  }
  return address;
}

import { describe, expect, it } from 'vitest';

import { rememberErrors } from '#app/about.ts';
import { silentLog } from '#test/support/log.ts';

function memory() {
  let now = 0;
  const passed: string[] = [];
  const log = {
    ...silentLog,
    error: (_fields: object, message: string) => void passed.push(message),
  };
  return { passed, ...rememberErrors(log, { now: () => (now += 1) }) };
}

describe('the memory of errors', () => {
  it('keeps the newest first, and passes each on', () => {
    const { log, recent, passed } = memory();
    log.error({}, 'one');
    log.error({}, 'two');
    expect(recent()).toEqual([
      { at: 2, message: 'two', times: 1 },
      { at: 1, message: 'one', times: 1 },
    ]);
    expect(passed).toEqual(['one', 'two']);
  });

  it('counts what happens again', () => {
    const { log, recent } = memory();
    for (const message of ['one', 'two', 'one']) log.error({}, message);
    expect(recent()[0]).toEqual({ at: 3, message: 'one', times: 2 });
    expect(recent()).toHaveLength(2);
  });

  it('keeps ten', () => {
    const { log, recent } = memory();
    for (let n = 0; n < 12; n += 1) log.error({}, `error ${n}`);
    expect(recent().map(({ message }) => message)).toEqual(
      Array.from({ length: 10 }, (_, n) => `error ${11 - n}`),
    );
  });

  it('keeps nothing of the fields, which may hold what is nobody’s business', () => {
    const { log, recent } = memory();
    log.error({ error: 'postgres://user:password@host' }, 'the database is away');
    expect(JSON.stringify(recent())).not.toContain('password');
  });

  it('passes news and warnings on without remembering them', () => {
    const { log, recent } = memory();
    log.info({}, 'one');
    log.warn({}, 'two');
    expect(recent()).toEqual([]);
  });
});

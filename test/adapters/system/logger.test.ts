import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createLogger } from '#adapters/system/logger.ts';
import type { LoggerOptions } from '#adapters/system/logger.ts';

function open(options: Partial<LoggerOptions> = {}) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const log = createLogger({ level: 'info', secrets: [], stream, ...options });
  return { log, written, text: () => written.join('') };
}

/** What follows the time of day. */
const afterTime = (line: string) => line.replace(/^\d\d:\d\d:\d\d /, '');

describe('the log', () => {
  it('writes one line an entry: time, level, message and fields', () => {
    const { log, written } = open();
    log.info({ symbol: 'AAPL', quantity: 400, ok: true, none: null }, 'bracket submitted');
    expect(written[0]).toMatch(/^\d\d:\d\d:\d\d info {2}bracket submitted /);
    expect(written.map(afterTime)).toEqual([
      'info  bracket submitted symbol=AAPL quantity=400 ok=true none=null\n',
    ]);
  });

  it.each([
    ['text with spaces', 'a b', '"a b"'],
    ['text with quotes', 'a"b', '"a\\"b"'],
    ['an empty text', '', '""'],
    ['a list', [1, 'x'], '[1,"x"]'],
    ['an object', { a: { b: 1 } }, '{"a":{"b":1}}'],
    ['a map', new Map([['AAPL', 1]]), '{"AAPL":1}'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['micro-dollars as a bigint', 5n, '5'],
  ])('shows %s as a field', (_, value, shown) => {
    const { log, text } = open();
    log.info({ value }, 'm');
    expect(afterTime(text())).toBe(`info  m value=${shown}\n`);
  });

  it('keeps its own words when a field is called like one of them', () => {
    const { log, text } = open();
    log.info({ level: 'x', time: 1, msg: 'y' }, 'm');
    expect(afterTime(text())).toBe('info  m level=x time=1 msg=y\n');
  });

  it.each([
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('at level %s writes %i of the three levels', (level, count) => {
    const { log, written } = open({ level });
    log.info({}, 'a');
    log.warn({}, 'b');
    log.error({}, 'c');
    expect(written).toHaveLength(count);
  });

  it('tells an error with its code and causes, wherever it is among the fields', () => {
    const cause = Object.assign(new TypeError('reset'), { code: 'ECONNRESET' });
    const error = new Error('lost reply', { cause });
    const { log, text } = open();
    log.warn({ error, nested: [{ error: cause }] }, 'retry');
    expect(afterTime(text())).toBe(
      'warn  retry error="Error: lost reply ← TypeError: reset (ECONNRESET)" nested=[{"error":"TypeError: reset (ECONNRESET)"}]\n',
    );
  });

  it('tells where an error comes from when it is logged as one', () => {
    const { log, text } = open();
    log.error({ error: new Error('broken') }, 'failed');
    const [first, second] = text().split('\n');
    expect(afterTime(first ?? '')).toBe('error failed error="Error: broken"');
    expect(second).toMatch(/^ {4}at .*logger\.test\.ts/);
  });

  it('survives an error that is its own cause, and an object that contains itself', () => {
    const error = new Error('round');
    error.cause = error;
    const round: Record<string, unknown> = {};
    round['self'] = round;
    const { log, written } = open();
    log.warn({ error, round }, 'm');
    expect(written).toHaveLength(1);
  });

  it('lets no text from outside begin a line of its own or steer the terminal', () => {
    const { log, text } = open();
    log.info({ name: 'a\u001B[31m', note: 'x\ny' }, 'said\n12:00:00 info forged');
    expect(text().trimEnd()).not.toContain('\n');
    expect(text()).not.toContain('\u001B');
  });
});

describe('a secret', () => {
  const secrets = ['s3cr3t-token', 'pass"word\\1', 'key with space'];

  it.each(secrets)('%s appears nowhere in the log', (secret) => {
    const { log, text } = open({ secrets });
    const error = new Error(`bad ${secret}`, { cause: new Error(secret) });
    log.error({ secret, error, [secret]: 1, deep: { list: [secret, error] } }, `got ${secret}`);
    log.info({ url: `https://x/?k=${encodeURIComponent(secret)}` }, secret);
    expect(text()).toContain('[secret]');
    for (const spelling of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
    ]) {
      expect(text()).not.toContain(spelling);
    }
  });

  it('leaves nothing behind when another one is a part of it', () => {
    const { log, text } = open({ secrets: ['token', 'token-and-more'] });
    log.info({}, 'sent token-and-more');
    expect(afterTime(text())).toBe('info  sent [secret]\n');
  });

  it('that is empty changes nothing', () => {
    const { log, text } = open({ secrets: [''] });
    log.info({ a: 1 }, 'plain');
    expect(afterTime(text())).toBe('info  plain a=1\n');
  });

  it('appears nowhere, whatever it is made of', () => {
    const secretText = fc
      .string({ minLength: 8, maxLength: 20 })
      .filter((text) => /^\S{8,}$/.test(text));
    fc.assert(
      fc.property(secretText, fc.string(), (secret, around) => {
        const { log, text } = open({ secrets: [secret] });
        log.error({ value: around + secret, error: new Error(secret) }, secret + around);
        expect(text()).not.toContain(secret);
      }),
    );
  });
});

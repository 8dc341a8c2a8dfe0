import { afterEach, describe, expect, it, onTestFinished } from 'vitest';

import { createEngineThread } from '#adapters/backtest/engine.ts';
import { runBacktests } from '#app/backtest/run-backtests.ts';
import type { AppContext } from '#app/context.ts';
import backtest from '#commands/backtest.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { FILES } from '#test/support/backtests.ts';
import { recordingCharts } from '#test/support/charts.ts';

import {
  buttonsOf,
  channelMessages,
  closeDesks,
  press,
  say,
  until,
  whispersTo,
} from '../adapters/discord/harness.ts';
import type { Person } from '../adapters/discord/harness.ts';
import { DONE, openBacktestDesk } from '../app/backtest/a-backtest-desk.ts';
import type { BacktestDesk } from '../app/backtest/a-backtest-desk.ts';
import { auditOf } from '../app/behaviours/a-desk.ts';
import { openChannel, textOf } from './a-trading-channel.ts';
import type { TradingChannel } from './a-trading-channel.ts';

interface Open extends TradingChannel {
  readonly desk: BacktestDesk;
  /** Waits until a message's title says so, and returns the message. */
  titled(title: string | RegExp): Promise<PresentedMessage>;
}

/** A channel in which backtests are asked for; the engine waits for the test, unless it is a real one. */
async function open(changes: Partial<AppContext> = {}): Promise<Open> {
  const desk = await openBacktestDesk();
  const channel: TradingChannel = await openChannel(desk, [backtest], {
    charts: recordingCharts(),
    wakeBacktests: async () =>
      desk.context.background.start('backtests', () => runBacktests(channel.context)),
    ...changes,
  });
  const find = (title: string | RegExp) =>
    channelMessages(channel).find((message) =>
      typeof title === 'string' ? titleOf(message).includes(title) : title.test(titleOf(message)),
    );
  return {
    ...channel,
    desk,
    titled: async (title) => {
      await until(() => find(title) !== undefined);
      return find(title)!;
    },
  };
}

/** What only this person was told, once it is so much. */
async function whispered(channel: Open, to: Person, count = 1): Promise<readonly string[]> {
  for (;;) {
    const told = await whispersTo(channel, to);
    if (told.length >= count) return told;
  }
}

const titleOf = ({ embeds }: PresentedMessage): string =>
  (embeds[0]?.title ?? '').replaceAll('\u00A0', ' ');
const labelsOf = (message: PresentedMessage) =>
  buttonsOf(message).map((one) => 'label' in one && one.label);

describe('/backtest in the channel', () => {
  afterEach(closeDesks);

  it('tells all of it in the one message that answers: that it waits, how far it is, what it came to', async () => {
    const channel = await open();
    const { engine } = channel.desk;
    const answer = await channel.type('trader', 'backtest', { symbols: 'NVDA' });
    const running = await channel.titled(/BACKTEST running: 0 %/);
    expect([running.id, labelsOf(running)]).toEqual([answer.id, ['Cancel']]);
    const run = await engine.run1();
    channel.desk.elapse(2_000);
    run.progress(0.43);
    expect(textOf(await channel.titled(/BACKTEST running: 43 %/))).toContain(
      '▓▓▓▓▓▓░░░░░░░░░░ 43 %',
    );
    run.finish(DONE);
    const done = await channel.titled(/BACKTEST \+\$560\.00/);
    expect([done.id, labelsOf(done)]).toEqual([answer.id, []]);
    expect(done.attachments.map(({ filename }) => filename)).toEqual(['trades.csv']);
    expect(done.embeds[0]?.image?.url).toContain('nvda.png');
    expect(await (await fetch(`${channel.standIn.url}${done.attachments[0]!.url}`)).text()).toBe(
      FILES.trades,
    );
    expect(channelMessages(channel)).toHaveLength(1);
    expect((await auditOf(channel.desk))[0]).toMatchObject({
      action: 'backtest',
      outcome: 'done',
      details: { 'option.symbols': 'NVDA', card: expect.stringMatching(/^backtest:/) },
    });
  });

  it('shows how many come first', async () => {
    const channel = await open();
    await channel.type('trader', 'backtest');
    await channel.desk.engine.run1();
    const second = await channel.type('trader', 'backtest');
    expect(titleOf(second)).toBe('⏪ BACKTEST queued: 1 other before it');
    expect(labelsOf(second)).toEqual(['Cancel']);
  });

  it('is denied to those who only look, and on record', async () => {
    const channel = await open();
    const { content, isPrivate } = await say(channel, 'viewer', 'backtest');
    expect([content, isPrivate]).toEqual([
      'Not allowed: /backtest needs the role trader, and you have viewer. Nothing was changed.',
      true,
    ]);
    await until(() => channel.outcomes.length > 0);
    expect(channel.outcomes).toEqual(['backtest denied']);
    expect(await channel.desk.query('SELECT id FROM backtest_runs')).toEqual([]);
  });

  it('answers what is wrong in one line, and begins nothing', async () => {
    const channel = await open();
    const { content } = await say(channel, 'trader', 'backtest', { params: 'stopAtr=2' });
    expect(content).toBe('params: there is no figure “stopAtr”; did you mean stopAtrs?');
    expect(await channel.desk.query('SELECT id FROM backtest_runs')).toEqual([]);
  });

  it('refuses a symbol at once that nobody knows', async () => {
    const channel = await open();
    const { content } = await say(channel, 'trader', 'backtest', { symbols: 'NVDA,NVDIA' });
    expect(content).toBe(
      'symbols: the broker does not know NVDIA, and no bars are kept of it; check the spelling.',
    );
    expect(await channel.desk.query('SELECT id FROM backtest_runs')).toEqual([]);
  });

  it('takes three of a person, and refuses the next one', async () => {
    const channel = await open();
    for (const _ of [1, 2, 3]) await channel.type('trader', 'backtest');
    const { content } = await say(channel, 'trader', 'backtest');
    expect(content).toMatch(/^You have 3 backtests running or waiting/);
  });

  it('is cancelled by its button while it waits', async () => {
    const channel = await open();
    await channel.type('trader', 'backtest');
    const { finish } = await channel.desk.engine.run1();
    const second = await channel.type('trader', 'backtest');
    await channel.press('trader', second, 'Cancel');
    const cancelled = await channel.titled('BACKTEST cancelled by');
    expect([cancelled.id, labelsOf(cancelled)]).toEqual([second.id, []]);
    expect(await whispered(channel, 'trader')).toEqual(['The backtest is cancelled.']);
    finish(DONE);
    await channel.titled(/\+\$560/);
    expect(channel.desk.engine.runs).toHaveLength(1);
  });

  it('is cancelled by its button while it runs, also by an admin, and that is on record', async () => {
    const channel = await open();
    await channel.type('trader', 'backtest');
    const { signal } = await channel.desk.engine.run1();
    await channel.press('admin', await channel.titled('BACKTEST running'), 'Cancel');
    await channel.titled('BACKTEST cancelled by');
    await until(() => signal.aborted);
    expect((await auditOf(channel.desk)).at(-1)).toMatchObject({
      action: 'backtest cancel',
      outcome: 'done',
    });
  });

  it('is not cancelled by those who only look', async () => {
    const channel = await open();
    await channel.type('trader', 'backtest');
    await channel.desk.engine.run1();
    await channel.press('viewer', await channel.titled('BACKTEST running'), 'Cancel');
    expect(await whispered(channel, 'viewer')).toEqual([
      'Not allowed: /backtest needs the role trader, and you have viewer. Nothing was changed.',
    ]);
    expect(channel.outcomes.at(-1)).toBe('backtest denied');
    expect(await channel.desk.query('SELECT status FROM backtest_runs')).toEqual([
      { status: 'running' },
    ]);
  });

  it('is cancelled once, however often the button is pressed', async () => {
    const channel = await open();
    await channel.type('trader', 'backtest');
    await channel.desk.engine.run1();
    const running = await channel.titled('BACKTEST running');
    await Promise.all([1, 2].map(() => press(channel, 'trader', running, 'Cancel')));
    expect((await whispered(channel, 'trader', 2)).toSorted()).toEqual([
      'The backtest is cancelled.',
      'This backtest is over already. Nothing was changed.',
    ]);
    expect(await channel.desk.query('SELECT status FROM backtest_runs')).toEqual([
      { status: 'cancelled' },
    ]);
  });

  it('goes on in its message after a restart, once more from the beginning', async () => {
    const channel = await open();
    const answer = await channel.type('trader', 'backtest');
    (await channel.desk.engine.run1(1)).finish({ kind: 'stopped' });
    await channel.titled('BACKTEST queued: it is next');
    await channel.desk.context.background.idle();
    await channel.context.wakeBacktests();
    (await channel.desk.engine.run1(2)).finish(DONE);
    expect((await channel.titled(/\+\$560/)).id).toBe(answer.id);
    expect(channelMessages(channel)).toHaveLength(1);
  });

  it('takes several symbols also with nothing but spaces between, as it takes figures', async () => {
    const channel = await open();
    const answer = await channel.type('trader', 'backtest', { symbols: ' nvda  AAPL ' });
    expect(textOf(answer)).toContain('NVDA, AAPL');
  });

  it('plays on a thread of its own what the market data has', async () => {
    const engine = createEngineThread({ codeVersion: 'one' });
    onTestFinished(() => engine.close());
    const channel = await open({ backtests: engine });
    await channel.type('trader', 'backtest', { symbols: 'NVDA, AAPL' });
    const done = await channel.titled('BACKTEST $0.00');
    expect(textOf(done)).toContain('too few trades to tell');
  });
});

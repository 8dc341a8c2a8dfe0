import { beforeAll, describe, expect, it } from 'vitest';

import { halt } from '#app/control.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { commands } from '#commands/index.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { ABOUT } from '#test/support/about.ts';

import { buttonsOf, press, seenBy } from '../adapters/discord/harness.ts';
import type { Person } from '../adapters/discord/harness.ts';
import { byHand } from '../app/by-hand.ts';
import { FIRST } from '../sandbox/alpaca-market.ts';
import { aWorld } from './a-world.ts';
import { answerTo, messagesOf, QUIET, readMessage, send } from './world.ts';
import type { Sent } from './world.ts';

const numbered = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);

const SYMBOLS = numbered(120, 'T');
const SETTINGS = numbered(200, 'rules.setting-');
const ERRORS = numbered(10, 'error-');
const REASON = numbered(900, 'why-');
const CLOSED = numbered(180, 'C');
const ORDERS = 60;
const MOVES = 120;

/** Ten bought at 100 and sold at 105. */
const WON = {
  status: 'closed',
  entryQuantity: 10,
  entryValue: parseUsd('1000'),
  exitQuantity: 10,
  exitValue: parseUsd('1050'),
  exitReason: 'take_profit',
  openedAt: FIRST.open,
  closedAt: FIRST.open + 300_000,
  pnl: parseUsd('50'),
  rMultiple: 2.5,
} as const;

const shared = aWorld({
  others: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, QUIET])),
  startingCash: parseUsd('1000000'),
  about: {
    ...ABOUT,
    settings: SETTINGS.map((name) => ({ name, value: 'as it is' })),
    recentErrors: () =>
      ERRORS.map((name) => ({ at: FIRST.open, message: `${name} ${'x'.repeat(400)}`, times: 1 })),
  },
});

/** Ten shares of each symbol, under its bracket. Of all this the channel is told nothing. */
async function holdAll(): Promise<void> {
  const { desk, context } = shared.world;
  Object.assign(context, { wakeOutbox: async () => {} });
  const barEnd = desk.nextBar();
  await watchDrawdown(desk.context);
  for (const symbol of SYMBOLS.map(ticker)) {
    const tradeId = entryTradeId(FIRST.date, barEnd, symbol);
    await desk.plan({ symbol, tradeId, clientOrderId: entryClientOrderId(tradeId) });
  }
  await submitPlannedEntries(desk.context, barEnd);
  desk.nextBar();
  await desk.settle();
}

/** A trade in each of many more, as the ledger has it in the end. */
async function winAll(): Promise<void> {
  const { context, desk } = shared.world;
  for (const symbol of CLOSED.map(ticker)) {
    const tradeId = entryTradeId(FIRST.date, desk.standIn.now(), symbol);
    await desk.plan({ symbol, tradeId, clientOrderId: entryClientOrderId(tradeId) });
    await context.ledger.transaction(async (tx) =>
      tx.saveTrade({ ...(await tx.lockTrade(tradeId))!, ...WON }),
    );
  }
}

/** The stop of a trade, replaced by a higher one each minute. */
const manyMoves = (trade: string): string => `
  INSERT INTO orders
  SELECT moved.* FROM orders AS own, generate_series(1, ${MOVES}) AS n,
    LATERAL jsonb_populate_record(own, jsonb_build_object(
      'broker_order_id', 'moved ' || n, 'status', 'replaced', 'is_live', false, 'is_explained', true,
      'stop_price', 98000000 + n * 10000, 'created_at', own.created_at + (10 + n) * interval '1 minute')) AS moved
   WHERE own.trade_id = '${trade}' AND own.role = 'stop_loss'`;

beforeAll(holdAll);

const labelsOf = (message: PresentedMessage): readonly string[] =>
  buttonsOf(message).flatMap((button) => ('label' in button ? (button.label ?? []) : []));

/** The message as this person sees it by now. */
const seen = async (as: Person, { id }: PresentedMessage): Promise<PresentedMessage> =>
  (await seenBy(shared.world, as)).find((one) => one.id === id)!;

/** Everything that a message says, on all its pages. */
async function pagesOf(as: Person, first: PresentedMessage): Promise<string> {
  let shown = first;
  const texts = [readMessage(shown)];
  while (labelsOf(shown).includes('▶')) {
    await press(shared.world, as, shown, '▶');
    while (readMessage(shown) === texts.at(-1)) shown = await seen(as, first);
    texts.push(readMessage(shown));
  }
  return texts.join('\n');
}

interface Asked {
  readonly as: Person;
  readonly sent: Sent;
  readonly text: string;
}

async function ask(as: Person, command: string, options = {}): Promise<Asked> {
  const sent = await send(shared.world, as, command, options);
  return { as, sent, text: await pagesOf(as, await answerTo(shared.world, sent)) };
}

/** What neither the answer nor what follows it says. */
async function leftOut(
  { as, sent, text }: Asked,
  expected: readonly string[],
): Promise<readonly string[]> {
  const more = (await messagesOf(shared.world, as, sent)).slice(1).map(readMessage);
  const said = [text, ...more].join('\n');
  return expected.filter((one) => !said.includes(one));
}

const wish = { by: 'somebody', reason: REASON.join(' '), until: null, flatten: false };

/** `/close`, `/why`, `/risk`, `/chart` and `/ping` say so much and no more, whatever there is. */
describe('an answer that is too long for one message leaves nothing out', () => {
  it('of /status: every position', async () => {
    const asked = await ask('viewer', 'status');
    await expect.poll(() => leftOut(asked, SYMBOLS)).toEqual([]);
  });

  it('of /halt mode:flatten: every position, before it asks', async () => {
    const asked = await ask('admin', 'halt', { mode: 'flatten' });
    await expect.poll(() => leftOut(asked, SYMBOLS)).toEqual([]);
  });

  it('of /trades: every trade', async () => {
    const rows = await shared.world.desk.query<{ id: string }>('SELECT id FROM trades');
    const asked = await ask('viewer', 'trades', { n: 200 });
    const ids = rows.map(({ id }) => id);
    await expect.poll(() => leftOut(asked, ids)).toEqual([]);
  });

  it('of /trade: every move of its stop', async () => {
    const { desk } = shared.world;
    const [trade] = await desk.query<{ id: string }>("SELECT id FROM trades WHERE symbol = 'T000'");
    await desk.query(manyMoves(trade!.id));
    const asked = await ask('viewer', 'trade', { id: trade!.id });
    const moves = Array.from(
      { length: MOVES },
      (_, n) => `moved** to $${(98.01 + n / 100).toFixed(2)}`,
    );
    await expect.poll(() => leftOut(asked, moves)).toEqual([]);
    await desk.query("DELETE FROM orders WHERE broker_order_id LIKE 'moved %'");
  });

  it('of /performance by symbol: every symbol', async () => {
    await winAll();
    const asked = await ask('viewer', 'performance', { by: 'symbol' });
    await expect.poll(() => leftOut(asked, CLOSED)).toEqual([]);
  });

  it('of /audit: every row', async () => {
    const { context, desk } = shared.world;
    for (const detail of SYMBOLS) {
      const entry = { at: FIRST.open, actor: 'somebody', action: 'look', outcome: 'done' } as const;
      await context.ledger.audit({ ...entry, details: { detail } });
    }
    const rows = await desk.query<{ sequence: string }>('SELECT sequence FROM audit_log');
    const asked = await ask('trader', 'audit', { n: 500 });
    const expected = rows.map(({ sequence }) => `\`#${sequence}\``);
    await expect.poll(() => leftOut(asked, expected)).toEqual([]);
  });

  it('of /config: every setting', async () => {
    const asked = await ask('viewer', 'config');
    await expect.poll(() => leftOut(asked, SETTINGS)).toEqual([]);
  });

  it('of /health: every error', async () => {
    const asked = await ask('viewer', 'health');
    await expect.poll(() => leftOut(asked, ERRORS)).toEqual([]);
  });

  it('of /help: every command with what it is for', async () => {
    const lines = commands.flatMap(({ name, description }) => [`/${name}`, description]);
    const asked = await ask('viewer', 'help');
    await expect.poll(() => leftOut(asked, lines)).toEqual([]);
  });

  it('of /foreign: every order', async () => {
    const { context, desk } = shared.world;
    const hand = byHand(desk.standIn);
    const keys: string[] = [];
    const resting = { type: 'limit', limit_price: '90', time_in_force: 'gtc' };
    for (let n = 0; n < ORDERS; n += 1) {
      keys.push(await hand.order({ side: 'buy', qty: 1, ...resting }));
    }
    await reconcile(context);
    const asked = await ask('admin', 'foreign');
    await expect.poll(() => leftOut(asked, keys)).toEqual([]);
    for (const key of keys) await hand.cancel(key);
    desk.elapse(1_000);
    await reconcile(context);
  });

  describe('of a reason that is long', () => {
    beforeAll(async () => void (await halt(shared.world.context, wish)));

    it('in /status', async () => {
      const asked = await ask('viewer', 'status');
      await expect.poll(() => leftOut(asked, REASON)).toEqual([]);
    });

    it('in /resume, before it asks', async () => {
      const asked = await ask('admin', 'resume');
      await expect.poll(() => leftOut(asked, REASON)).toEqual([]);
    });

    it('in /audit', async () => {
      const asked = await ask('trader', 'audit', { n: 10 });
      await expect.poll(() => leftOut(asked, REASON)).toEqual([]);
    });
  });

  it('of /close-all: every position, before it asks and once it is confirmed', async () => {
    // At night they wait for the open, and so does the bot.
    shared.world.desk.standIn.advanceTo(FIRST.close);
    const asked = await ask('admin', 'close-all');
    await expect.poll(() => leftOut(asked, SYMBOLS)).toEqual([]);
    const [question] = await messagesOf(shared.world, 'admin', asked.sent);
    const sent = await press(shared.world, 'admin', question!, 'Yes');
    await expect.poll(async () => labelsOf(await seen('admin', question!))).not.toContain('No');
    const done = {
      as: 'admin',
      sent,
      text: await pagesOf('admin', await seen('admin', question!)),
    } as const;
    expect(await leftOut(done, SYMBOLS)).toEqual([]);
  });
});

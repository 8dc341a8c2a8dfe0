import { halt, resume } from '#app/control.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';

import type { Person } from '../adapters/discord/harness.ts';
import { byHand } from '../app/by-hand.ts';
import type { World } from './world.ts';

type Options = Readonly<Record<string, string | number | boolean>>;

/** One use of a slash command. */
export interface Use {
  /** As a person would type it. */
  readonly name: string;
  readonly command: string;
  /** Who is just entitled to it. */
  readonly as: Person;
  readonly options?: Options | ((world: World) => Promise<Options>);
  /** Sees to it that there is something to use it on; called before each use. */
  readonly given?: (world: World) => Promise<void>;
  /** What a person reads in the answer, which is what the command is for. */
  readonly shows: RegExp;
  /** Of what changes something: how often that was done so far. */
  readonly times?: (world: World) => Promise<number>;
}

/** One that asks before it does anything. */
export interface AskingUse extends Use {
  readonly times: NonNullable<Use['times']>;
  /** What the message says in the end, once it was confirmed. */
  readonly becomes: RegExp;
}

const count =
  (from: string) =>
  async ({ desk }: World): Promise<number> => {
    const [row] = await desk.query<{ count: string }>(`SELECT count(*) FROM ${from}`);
    return Number(row?.count);
  };
const audited = (action: string) => count(`audit_log WHERE action = '${action}'`);

/** Entries are allowed. */
async function trading(world: World): Promise<void> {
  const { context } = world;
  const { status } = await context.ledger.controlState();
  if (status === 'flattening') await world.settle();
  if (status !== 'active') await resume(context, { by: 'somebody', reason: 'to go on' });
}

/** NVDA is held, under its bracket. */
async function holding(world: World): Promise<void> {
  const { context, desk } = world;
  await trading(world);
  if (desk.standIn.inspect().positions.length > 0) return;
  const barEnd = desk.nextBar();
  // As every cycle does: nothing is entered while nobody knows how far equity has fallen.
  await watchDrawdown(context);
  await desk.plan();
  await submitPlannedEntries(context, barEnd);
  desk.nextBar();
  await world.settle();
}

/** NVDA is held, and nothing new may be opened. */
async function halted(world: World): Promise<void> {
  await holding(world);
  const wish = { by: 'somebody', reason: 'the news', until: null, flatten: false };
  await halt(world.context, wish);
}

/** Nobody waits for a backtest: a person may have few of them at a time. */
const idleQueue = async ({ desk }: World): Promise<void> =>
  void (await desk.query(`UPDATE backtest_runs SET status = 'cancelled'`));

/** Nobody waits for a study: a person may have one at a time. */
const idleDesk = async ({ desk }: World): Promise<void> =>
  void (await desk.query(`UPDATE studies SET status = 'cancelled'`));

/** Somebody has an order of their own, and an admin has let it be. */
async function foreignOrder(world: World): Promise<void> {
  const { context, desk } = world;
  if ((await context.ledger.foreignItems()).length > 0) return;
  const resting = { type: 'limit', limit_price: '90', time_in_force: 'gtc' };
  const order = await byHand(desk.standIn).order({ side: 'buy', qty: 5, ...resting });
  await reconcile(context);
  await decideForeign(context, order, { decision: 'ignore', by: 'somebody' });
}

/** Every command in every way in which it is used differently. */
export const USES: readonly (Use | AskingUse)[] = [
  {
    name: '/status',
    command: 'status',
    as: 'viewer',
    given: holding,
    shows: /1 of 1 position protected[^]*NVDA/,
  },
  {
    name: '/halt',
    command: 'halt',
    as: 'trader',
    given: trading,
    options: { reason: 'the news' },
    shows: /No new entries until somebody resumes|Halted already/,
    times: audited('control halt'),
  },
  {
    name: '/halt mode:flatten',
    command: 'halt',
    as: 'admin',
    given: holding,
    options: { mode: 'flatten' },
    shows: /halt and close every position\?[^]*NVDA/,
    times: audited('control flatten'),
    becomes: /No new entries, and every position of the bot is being closed/,
  },
  {
    name: '/resume',
    command: 'resume',
    as: 'admin',
    given: halted,
    shows: /allow entries again\?[^]*the news/,
    times: audited('control resume'),
    becomes: /Entries are allowed again/,
  },
  {
    name: '/close',
    command: 'close',
    as: 'trader',
    given: holding,
    options: { symbol: 'NVDA' },
    shows: /close \d+ NVDA\?[^]*Its stop stands at/,
    times: count('closes'),
    becomes: /FLAT: NVDA/,
  },
  {
    name: '/close-all',
    command: 'close-all',
    as: 'admin',
    given: holding,
    shows: /close the only position\?[^]*NVDA/,
    times: count('closes'),
    becomes: /Closing 1 of 1/,
  },
  {
    name: '/why',
    command: 'why',
    as: 'viewer',
    options: { symbol: 'NVDA' },
    shows: /NVDA[^]*Confidence/,
  },
  { name: '/trades', command: 'trades', as: 'viewer', shows: /The last \d+ trade[^]*NVDA/ },
  {
    name: '/trade',
    command: 'trade',
    as: 'viewer',
    options: async ({ desk }) => {
      const [trade] = await desk.query<{ id: string }>('SELECT id FROM trades ORDER BY id');
      return { id: trade!.id };
    },
    shows: /\*\*decided\*\* at[^]*nvda\.png/,
  },
  {
    name: '/chart',
    command: 'chart',
    as: 'viewer',
    options: { symbol: 'NVDA' },
    shows: /NVDA, 2025-11-25[^]*nvda\.png/,
  },
  {
    name: '/performance',
    command: 'performance',
    as: 'viewer',
    shows: /All sessions[^]*rawdown[^]*target < 3 %/,
  },
  {
    name: '/risk',
    command: 'risk',
    as: 'viewer',
    options: { symbol: 'NVDA' },
    shows: /NVDA at \$/,
  },
  {
    name: '/backtest',
    command: 'backtest',
    as: 'trader',
    given: idleQueue,
    options: { symbols: 'NVDA', from: '2025-11-03', to: '2025-11-24' },
    shows: /BACKTEST[^]*NVDA/,
    times: count('backtest_runs'),
  },
  {
    name: '/optimize',
    command: 'optimize',
    as: 'admin',
    given: idleDesk,
    options: { symbols: 'NVDA', from: '2025-11-03', to: '2025-11-24' },
    shows: /SWEEP[^]*NVDA/,
    times: count('studies'),
  },
  { name: '/readiness', command: 'readiness', as: 'viewer', shows: /walk-forward/ },
  {
    name: '/readiness override',
    command: 'readiness',
    as: 'admin',
    options: { override: 'we know what we do' },
    shows: /we know what we do/,
    times: count('readiness_overrides'),
  },
  { name: '/audit', command: 'audit', as: 'trader', shows: /Audit log: the newest/ },
  {
    name: '/audit csv:true',
    command: 'audit',
    as: 'trader',
    options: { csv: true },
    shows: /rows of the audit log[^]*audit\.csv/,
  },
  {
    name: '/foreign',
    command: 'foreign',
    as: 'admin',
    given: foreignOrder,
    shows: /order buy 5 NVDA \(decided: ignore\)/,
  },
  {
    name: '/foreign item action:ignore',
    command: 'foreign',
    as: 'admin',
    given: foreignOrder,
    options: async ({ context }) => {
      const [item] = await context.ledger.foreignItems();
      return { item: item!.key, action: 'ignore' };
    },
    shows: /The order in NVDA stays as it is/,
    times: audited('ignore order NVDA'),
  },
  {
    name: '/health',
    command: 'health',
    as: 'viewer',
    shows: /\*\*Database.*ms[^]*\*\*Broker\*\*: \d+ ms/,
  },
  { name: '/config', command: 'config', as: 'viewer', shows: /rules\.emaFast[^]*9/ },
  { name: '/help', command: 'help', as: 'viewer', shows: /What you can ask[^]*\/close-all/ },
  { name: '/ping', command: 'ping', as: 'viewer', shows: /Pong: \d+ ms[^]*ledger \d+ ms/ },
];

export const ASKING = USES.filter((use): use is AskingUse => 'becomes' in use);

export const optionsOf = async (world: World, { options = {} }: Use): Promise<Options> =>
  typeof options === 'function' ? options(world) : options;

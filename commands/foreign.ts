import type { Command } from '#app/command.ts';
import { UserError } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';

const ACTIONS = ['adopt', 'ignore', 'flatten'] as const;
type Action = (typeof ACTIONS)[number];
const isAction = (value: unknown): value is Action => ACTIONS.some((action) => action === value);

type ForeignItems = Awaited<ReturnType<AppContext['ledger']['foreignItems']>>;

async function list({ ledger }: AppContext): Promise<string> {
  const items = await ledger.foreignItems();
  if (items.length === 0)
    return 'Nothing foreign: every order and position at the broker is the bot’s.';
  // A position takes the orders along that protect it, and one of those looks like any other here.
  const positionsFirst = items.toSorted(
    (a, b) => Number(b.kind === 'position') - Number(a.kind === 'position'),
  );
  const lines = positionsFirst.map(({ key, kind, symbol, side, quantity, decision }) => {
    const state = decision === null ? 'not decided: entries wait' : `decided: ${decision}`;
    return `${key}: ${kind} ${side} ${quantity} ${symbol} (${state})`;
  });
  return [...lines, ...(hasBothIn(items) ? [POSITION_FIRST] : [])].join('\n');
}

const POSITION_FIRST =
  'Decide about a position first: adopt takes the orders along that protect it, and flattening one of those takes its stop away.';

/** Whether somebody holds a symbol and has orders in it. */
const hasBothIn = (items: ForeignItems): boolean =>
  items.some(
    ({ kind, symbol, decision }) =>
      kind === 'order' &&
      decision === null &&
      items.some((other) => other.kind === 'position' && other.symbol === symbol),
  );

export default {
  name: 'foreign',
  description:
    'Orders and positions at the broker that are none of the bot’s: list them, or decide about one',
  role: 'admin',
  isPrivate: false,
  options: [
    {
      name: 'item',
      description: 'The order or position, as the list names it',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'action',
      description:
        'adopt: the bot takes it over. ignore: it stays. flatten: it is closed or cancelled',
      type: 'string',
      required: false,
      choices: ACTIONS.map((value) => ({ name: value, value })),
    },
  ],
  run: async (context, { actor, options }) => {
    const { item, action } = options;
    if (item === undefined && action === undefined) {
      return { kind: 'text', text: await list(context) };
    }
    if (typeof item !== 'string' || !isAction(action)) {
      throw new UserError('Name both the item and the action, or neither to see the list.');
    }
    const text = await decideForeign(context, item, {
      decision: action,
      by: actor.name,
      personId: actor.id,
    });
    return { kind: 'text', text };
  },
  complete: async ({ ledger }, _option, typed) =>
    (await ledger.foreignItems())
      .filter(({ key, symbol }) => `${key} ${symbol}`.toLowerCase().includes(typed.toLowerCase()))
      .slice(0, 25)
      .map(({ key, kind, symbol, side, quantity }) => ({
        name: `${kind} ${side} ${quantity} ${symbol}`,
        value: key,
      })),
} satisfies Command;

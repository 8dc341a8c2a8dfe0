import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { StoryFill, TradeReport } from '#app/reports/trade-story.ts';
import type { Close } from '#core/close.ts';
import {
  count,
  formatDuration,
  formatGain,
  formatNumber,
  formatPercentGain,
  formatPrice,
  formatR,
  formatSeconds,
  formatSlippage,
  NONE,
} from '#core/number-words.ts';
import type { EpochMs } from '#core/session.ts';
import { heldShares } from '#core/trade.ts';
import type { TradeStatus } from '#core/trade.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import { plain, stamp } from '../format.ts';
import { riskLines, sizeLine } from './entry.ts';
import { rangeFields } from './range.ts';
import { EXIT_WORDS } from './reasons.ts';
import { COLOUR, ENTRY_VERB, EXIT_VERB, resultColour } from './style.ts';

const STATUS = {
  planned: '📝 planned',
  submitted: '⏳ bracket sent',
  open: '⏳ open',
  closed: '🏁 closed',
  cancelled: '✖️ not filled',
  rejected: '🚫 rejected',
  abandoned: '⏭️ not sent',
} as const satisfies Record<TradeStatus, string>;

/** One trade from its decision to flat, in the order in which it happened. */
export function tradeEmbed(report: TradeReport): APIEmbed {
  const { trade, closed } = report;
  const { intent } = trade;
  const shares = formatNumber(trade.entryQuantity || intent.quantity);
  const result =
    closed === null ? '' : ` · ${formatGain(closed.pnl)} (${formatR(closed.rMultiple)})`;
  return {
    title: `${STATUS[trade.status]}: ${intent.symbol} ${intent.side} ${shares}${result}`,
    color: closed === null ? COLOUR.busy : resultColour(closed.pnl),
    description: [...decisionLines(report), ...storyLines(report)].join('\n'),
    fields: figures(report),
    footer: { text: trade.id },
  };
}

function decisionLines({ trade: { intent, origin } }: TradeReport): readonly string[] {
  const { bracket, confidence, decisionPrice, decidedAt, scaleOut } = intent;
  if (origin === 'adopted') return ['Taken over by an admin: no entry of the bot bought it.'];
  return [
    `${stamp(decidedAt, 'f')} **decided** at ${formatPrice(decisionPrice)}, confidence ${formatNumber(confidence, 0)}: ` +
      `${ENTRY_VERB[intent.side]} ${formatNumber(intent.quantity)}, limit ${formatPrice(bracket.limitPrice)}, ` +
      `stop ${formatPrice(bracket.stopPrice)}, target ${formatPrice(bracket.targetPrice)}`,
    sizeLine(intent),
    ...riskLines(intent),
    ...(scaleOut === null
      ? []
      : [
          `${count(scaleOut.quantity, 'share')} of it leave at ${formatPrice(scaleOut.targetPrice)}`,
        ]),
    '',
  ];
}

interface Happening {
  readonly at: EpochMs;
  readonly words: string;
}

function storyLines(report: TradeReport): readonly string[] {
  const { orders, fills, stops, closes, trade } = report;
  const happenings: readonly Happening[] = [
    ...orders.filter(({ role }) => role === 'entry').map(entryOrder),
    ...fills.map((fill) => ({ at: fill.at, words: fillWords(report, fill) })),
    ...stops.map(({ at, price }, index) => ({
      at,
      words:
        index === 0 ? `stop at ${formatPrice(price)}` : `**stop moved** to ${formatPrice(price)}`,
    })),
    ...closes.flatMap(closeHappenings),
  ];
  const ended =
    trade.status === 'cancelled' || trade.status === 'rejected' || trade.status === 'abandoned'
      ? ['No share was ever held.']
      : [];
  return [
    ...happenings.toSorted((a, b) => a.at - b.at).map(({ at, words }) => `${stamp(at)} ${words}`),
    ...ended,
  ];
}

const entryOrder = ({ createdAt: at, quantity, limitPrice, status }: LedgerOrder): Happening => ({
  at,
  words: `entry order for ${formatNumber(quantity)}, limit ${limitPrice === null ? NONE : formatPrice(limitPrice)}: ${status.replaceAll('_', ' ')}`,
});

const EXITS = {
  take_profit: 'at the target',
  stop_loss: 'at the stop',
  exit: 'by a closing',
} as const;

function fillWords({ trade }: TradeReport, { role, quantity, price }: StoryFill): string {
  const shares = `${formatNumber(quantity)} @ ${formatPrice(price)}`;
  if (role === null) return `**taken over** ${shares}`;
  if (role === 'entry') {
    return `**${trade.intent.side === 'long' ? 'bought' : 'shorted'}** ${shares}`;
  }
  return `**${EXIT_VERB[trade.intent.side].was}** ${shares}, ${EXITS[role]}`;
}

function closeHappenings(close: Close): readonly Happening[] {
  const { reason, quantity, requestedBy, requestedAt, finishedAt, failures, proof } = close;
  const asked = `**closing** of ${formatNumber(quantity)} begun by ${plain(requestedBy)}: ${EXIT_WORDS[reason].why}`;
  const stuck = failures === 0 ? '' : ` Stuck ${count(failures, 'time')} on the way.`;
  const done =
    finishedAt === null
      ? []
      : [
          {
            at: finishedAt,
            words: `closing done${proof === null ? '' : `, proven in ${formatSeconds(proof.tookMs)}: ${count(proof.positionQuantity, 'share')} and ${count(proof.liveOrders, 'live order')} left`}`,
          },
        ];
  return [{ at: requestedAt, words: `${asked}${stuck}` }, ...done];
}

function figures(report: TradeReport): APIEmbedField[] {
  const { trade, closed, range, entrySlippageBps, exitSlippageBps } = report;
  const slippage = [
    ...(entrySlippageBps === null ? [] : [`in ${formatSlippage(entrySlippageBps)}`]),
    ...(exitSlippageBps === null ? [] : [`out ${formatSlippage(exitSlippageBps)}`]),
  ];
  const inline = true;
  return [
    ...(closed === null
      ? openFields(report)
      : [
          {
            name: 'P/L',
            value: `${formatGain(closed.pnl)}\n${formatPercentGain(closed.pnlPercent)} · ${formatR(closed.rMultiple)}`,
            inline,
          },
          {
            name: 'Ended',
            value: `${EXIT_WORDS[closed.exitReason].column}\n@ ${formatPrice(closed.exitPrice)}`,
            inline,
          },
          { name: 'Held', value: formatDuration(closed.closedAt - closed.openedAt), inline },
        ]),
    ...(slippage.length === 0 ? [] : [{ name: 'Slippage', value: slippage.join('\n'), inline }]),
    ...(range === null ? rangeSoFar(trade) : rangeFields(range)),
  ];
}

const openFields = ({ trade }: TradeReport): APIEmbedField[] =>
  trade.status === 'open'
    ? [
        {
          name: 'Now',
          value: `${count(heldShares(trade), 'share')} held\nstop ${formatPrice(trade.stopPrice)}`,
          inline: true,
        },
      ]
    : [];

const rangeSoFar = ({ bestPrice, worstPrice }: TradeReport['trade']): APIEmbedField[] =>
  bestPrice === null || worstPrice === null
    ? []
    : [
        {
          name: 'On the way',
          value: `best ${formatPrice(bestPrice)}\nworst ${formatPrice(worstPrice)}`,
          inline: true,
        },
      ];

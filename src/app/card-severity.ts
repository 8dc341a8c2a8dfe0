import type { CloseProof } from '#core/close.ts';
import { isTighter } from '#core/stop-move.ts';
import type { Severity } from '#ports/card-settings.ts';
import type { BatchCard, Card, ControlChange, DrawdownCard, StartedCard } from '#ports/cards.ts';
import type { DigestCard } from '#ports/report-cards.ts';
import type { ClosingCard } from '#ports/trade-cards.ts';

/** So many failures of a closing in a row are no passing trouble any more. */
const MANY_FAILURES = 3;

/** How much a card matters, by its facts alone. */
export const severityOf = (card: Card): Severity =>
  // The table's entry of a kind takes the cards of that kind; that they belong together is lost in the union.
  SEVERITY[card.kind](card as never);

const SEVERITY: {
  readonly [Kind in Card['kind']]: (card: Extract<Card, { readonly kind: Kind }>) => Severity;
} = {
  started: ofStart,
  entry: ({ progress }) => (progress.status === 'rejected' ? 'warning' : 'info'),
  exit: () => 'info',
  'scaled-out': () => 'info',
  summary: () => 'info',
  closing: ofClosing,
  repaired: ({ cause, forTheDay }) => (cause === 'no-live-stop' || forTheDay ? 'warning' : 'info'),
  'stop-moved': ({ side, from, to }) => (isTighter(side, to, from) ? 'warning' : 'info'),
  alarm: () => 'critical',
  notice: ({ tone }) => (tone === 'warning' ? 'warning' : 'info'),
  drawdown: ({ event }) => DRAWDOWN[event.type],
  control: ({ change }) => CONTROL[change],
  outage: ({ until }) => (until === null ? 'warning' : 'info'),
  // What waited for the channel says for itself how much it matters.
  'channel-outage': () => 'info',
  batch: ofBatch,
  // Nothing of it is real.
  backtest: () => 'info',
  study: () => 'info',
  digest: ofDigest,
  parity: ({ report }) => (report.verdict === 'different' ? 'warning' : 'info'),
  weekly: ({ metrics }) => ((metrics.interference.value ?? 0) > 0 ? 'warning' : 'info'),
};

function ofStart({ openPositions, protectedPositions, findings }: StartedCard): Severity {
  if (protectedPositions < openPositions) return 'critical';
  return findings.length > 0 ? 'warning' : 'info';
}

function ofClosing({ progress }: ClosingCard): Severity {
  if (progress.phase === 'done') return isLeftNaked(progress.proof) ? 'critical' : 'info';
  if (progress.phase !== 'stuck') return 'info';
  const { stopPrice, doubt, failures } = progress;
  const isNaked = stopPrice === null && doubt !== 'no-shares';
  return isNaked || failures >= MANY_FAILURES ? 'critical' : 'warning';
}

/** Shares without any order: no stop is among them. */
const isLeftNaked = ({ positionQuantity, liveOrders }: CloseProof): boolean =>
  positionQuantity !== 0 && liveOrders === 0;

/** The most serious first. */
const BY_SEVERITY = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];

/** As much as the member that matters most. */
function ofBatch({ members }: BatchCard): Severity {
  const severities = members.map(({ card }) => severityOf(card));
  return BY_SEVERITY.find((severity) => severities.includes(severity)) ?? 'info';
}

const DRAWDOWN = {
  warning: 'warning',
  breached: 'critical',
  beyond: 'critical',
  recovered: 'info',
} as const satisfies Record<DrawdownCard['event']['type'], Severity>;

const CONTROL = {
  halted: 'warning',
  prolonged: 'info',
  joined: 'warning',
  flattening: 'critical',
  flat: 'info',
  resumed: 'info',
  expired: 'info',
} as const satisfies Record<ControlChange, Severity>;

/** A touched bracket is what must never happen; a position without a stop overnight is worse. */
function ofDigest({ openPositions, session }: DigestCard): Severity {
  if (openPositions.some(({ isProtected }) => !isProtected)) return 'critical';
  return (session.interference.value ?? 0) > 0 ? 'warning' : 'info';
}

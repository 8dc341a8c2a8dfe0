import type { APIEmbed } from 'discord.js';

import type { Reply } from '#app/command.ts';
import type { Card, DeliveredCard, Mode } from '#ports/cards.ts';

import { alarmEmbed } from './cards/alarm.ts';
import { backtestButtons, backtestEmbed } from './cards/backtest.ts';
import { batchEmbed } from './cards/batch.ts';
import { channelOutageEmbed } from './cards/channel-outage.ts';
import { closingEmbed } from './cards/closing.ts';
import { confirmEmbed } from './cards/confirm.ts';
import { controlEmbed } from './cards/control.ts';
import { digestEmbed } from './cards/digest.ts';
import { drawdownEmbed } from './cards/drawdown.ts';
import { entryEmbed } from './cards/entry.ts';
import { exitEmbed } from './cards/exit.ts';
import { helpEmbed } from './cards/help.ts';
import { markLate, withLateness } from './cards/late.ts';
import { noticeEmbed } from './cards/notice.ts';
import { outageEmbed } from './cards/outage.ts';
import { parityEmbed } from './cards/parity.ts';
import { repairedEmbed } from './cards/repaired.ts';
import { reportEmbed } from './cards/report.ts';
import { scaledOutEmbed } from './cards/scaled-out.ts';
import { startedEmbed } from './cards/started.ts';
import { statusTableEmbeds } from './cards/status-table.ts';
import { statusEmbed } from './cards/status.ts';
import { stopMovedEmbed } from './cards/stop-moved.ts';
import { studyButtons, studyEmbed } from './cards/study.ts';
import { COLOUR } from './cards/style.ts';
import { summaryEmbed } from './cards/summary.ts';
import { textContent } from './cards/text.ts';
import { weeklyEmbed } from './cards/weekly.ts';
import { nothingText, whyEmbed } from './cards/why.ts';
import type { Row } from './components.ts';
import { plain } from './format.ts';
import { clampEmbed, LIMITS } from './limits.ts';
import { splitEmbed, splitText } from './paginate.ts';

/** A message as discord.js takes it. Nobody is ever mentioned by what a card happens to contain. */
export interface MessageBody {
  /** Empty beside an embed, so that an edit takes away the text that was there. */
  readonly content: string;
  readonly embeds: APIEmbed[];
  /** Empty, so that an edit takes away the buttons that were there. */
  readonly components: Row[];
  readonly allowedMentions: { readonly parse: [] };
}

const WORD_JOINER = '\u2060';
const NO_BREAK_SPACE = '\u00A0';

/** A narrow screen breaks a title after its minus, and a loss reads as a gain: figures stay in one piece. */
const unbroken = (title: string): string =>
  title.replaceAll('−$', `−${WORD_JOINER}$`).replaceAll(/(?<=\d) (?=R\b|%)/g, NO_BREAK_SPACE);

const withEmbed = ({ title, ...embed }: APIEmbed): MessageBody => ({
  content: '',
  embeds: [clampEmbed(title === undefined ? embed : { ...embed, title: unbroken(title) })],
  components: [],
  allowedMentions: { parse: [] },
});

const withContent = (content: string): MessageBody => ({
  content: content.trim() === '' ? 'Done.' : content,
  embeds: [],
  components: [],
  allowedMentions: { parse: [] },
});

/** A message of plain text, cut where it does not fit: for sentences of the adapter's own. */
export const textBody = (text: string): MessageBody => withContent(textContent(text));

const EMBEDS: {
  readonly [Kind in Card['kind']]: (
    card: Extract<Card, { readonly kind: Kind }>,
    mode: Mode,
  ) => APIEmbed;
} = {
  started: startedEmbed,
  entry: entryEmbed,
  exit: exitEmbed,
  'scaled-out': scaledOutEmbed,
  summary: summaryEmbed,
  closing: closingEmbed,
  repaired: repairedEmbed,
  'stop-moved': stopMovedEmbed,
  alarm: alarmEmbed,
  notice: noticeEmbed,
  drawdown: drawdownEmbed,
  control: controlEmbed,
  outage: outageEmbed,
  digest: digestEmbed,
  weekly: weeklyEmbed,
  backtest: backtestEmbed,
  study: studyEmbed,
  parity: parityEmbed,
  'channel-outage': channelOutageEmbed,
  batch: batchEmbed,
};

/** The table's entry of a kind takes the cards of that kind; that they belong together is lost in the union. */
const embedOf = (card: Card, mode: Mode): APIEmbed => EMBEDS[card.kind](card as never, mode);

/** The message of a card. Pure: the same facts give the same message. */
export const renderCard = (card: DeliveredCard, mode: Mode): MessageBody => ({
  ...withEmbed(markLate(embedOf(withLateness(card), mode), card)),
  components: buttonsOf(card),
});

function buttonsOf(card: Card): Row[] {
  if (card.kind === 'backtest') return backtestButtons(card);
  return card.kind === 'study' ? studyButtons(card) : [];
}

/** An answer that is text alone: what asks, is told by a card or comes with a file needs more than rendering. */
export type ShownReply = Exclude<
  Reply,
  { readonly kind: 'confirm' | 'card' | 'chart' | 'file' | 'help' | 'ping' }
>;

/** Of a page of text, so that notes and buttons still have room on a small screen. */
const PAGE_LENGTH = 1800;

/** The messages of a command's answer, one a page. Nothing is left out. */
export function renderReply(reply: ShownReply): readonly [MessageBody, ...MessageBody[]] {
  switch (reply.kind) {
    case 'status':
      return atLeastOne(statusEmbeds(reply).flatMap(embedPages).map(withEmbed));
    case 'why':
      return reply.report.kind === 'nothing'
        ? [textBody(nothingText(reply.report))]
        : atLeastOne(embedPages(whyEmbed(reply.report)).map(withEmbed));
    case 'report':
      return atLeastOne(embedPages(reportEmbed(reply.report)).map(withEmbed));
    case 'text':
      return atLeastOne(textPages(reply.text).map(withContent));
    case 'pages':
      return atLeastOne(
        splitText(reply.lines.map(plain).join('\n'), PAGE_LENGTH).map((description) =>
          withEmbed({ title: plain(reply.title), description, color: COLOUR.quiet }),
        ),
      );
    default:
      return reply satisfies never;
  }
}

const statusEmbeds = ({
  report,
  connections,
  layout,
}: Extract<Reply, { readonly kind: 'status' }>): readonly APIEmbed[] =>
  layout === 'table' ? statusTableEmbeds(report, connections) : [statusEmbed(report, connections)];

/** An embed in pages: its text first, and the fields after the last of it. */
function embedPages(embed: APIEmbed): readonly APIEmbed[] {
  const { fields, ...text } = embed;
  const limit = fields === undefined ? PAGE_LENGTH : LIMITS.description;
  const parts = splitText(embed.description ?? '', limit);
  const [last, ...before] = parts.toReversed();
  if (last === undefined || before.length === 0) return splitEmbed(embed);
  return [
    ...before.toReversed().map((description) => ({ ...text, description })),
    ...splitEmbed({ ...embed, description: last }),
  ];
}

/** A text that fits into one message is one, up to the last character. */
function textPages(text: string): readonly string[] {
  const shown = plain(text);
  return shown.length <= LIMITS.content ? [shown] : splitText(shown, PAGE_LENGTH);
}

function atLeastOne(bodies: readonly MessageBody[]): readonly [MessageBody, ...MessageBody[]] {
  const [first = textBody(''), ...rest] = bodies;
  return [first, ...rest];
}

/** The commands there are, in pages. */
export const renderHelp = (
  ...args: Parameters<typeof helpEmbed>
): readonly [MessageBody, ...MessageBody[]] =>
  atLeastOne(embedPages(helpEmbed(...args)).map(withEmbed));

/** The question before something is done, and what of it does not fit into one message. */
export function renderConfirm(
  ...args: Parameters<typeof confirmEmbed>
): readonly [MessageBody, ...MessageBody[]] {
  const embed = confirmEmbed(...args);
  const parts = splitText(embed.description ?? '', LIMITS.description);
  return atLeastOne(parts.map((description) => withEmbed({ ...embed, description })));
}

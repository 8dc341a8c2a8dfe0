import { ApiError } from '@alpacahq/alpaca-trade-api';

import { BrokerError } from '#ports/broker.ts';
import type { OutcomeUnknown, Rejection, RejectCode } from '#ports/broker.ts';

interface RejectRule {
  readonly code: RejectCode;
  readonly status?: number;
  readonly says?: RegExp;
  readonly hasKey?: string;
}

/**
 * Alpaca's codes 40310000 and 42210000 each stand for many causes, and its messages may change. So a
 * refusal is classified by status, words and extra keys together, the sharper rule first, and
 * anything else stays "unknown".
 */
const RULES: readonly RejectRule[] = [
  { code: 'unauthorized', status: 401 },
  { code: 'rate-limited', status: 429 },
  { code: 'not-found', status: 404 },
  { code: 'duplicate-client-order-id', says: /client_order_id must be unique/i },
  { code: 'wash-trade', says: /wash trade/i },
  { code: 'insufficient-buying-power', says: /insufficient buying power/i },
  { code: 'insufficient-quantity', hasKey: 'held_for_orders' },
  { code: 'insufficient-quantity', says: /insufficient qty/i },
  { code: 'base-price', hasKey: 'base_price' },
  { code: 'base-price', says: /base_price/i },
  { code: 'sub-penny', says: /sub-penny|minimum pricing criteria/i },
  { code: 'halted', says: /halt/i },
  { code: 'hard-to-borrow', says: /hard-to-borrow/i },
  { code: 'not-shortable', says: /cannot be sold short|cannot open a short|shorting is not/i },
  { code: 'not-an-entry', says: /must be entry orders/i },
  { code: 'inactive-asset', says: /is not active|not tradable/i },
  { code: 'not-cancelable', says: /already in "?\w+"? state|not cancelable/i },
];

function classify(
  status: number,
  message: string,
  details: Readonly<Record<string, string>>,
): RejectCode {
  const rule = RULES.find(
    (candidate) =>
      (candidate.status === undefined || candidate.status === status) &&
      (candidate.says === undefined || candidate.says.test(message)) &&
      (candidate.hasKey === undefined || candidate.hasKey in details),
  );
  return rule?.code ?? 'unknown';
}

/** The keys of an error body besides code and message. The SDK keeps the body unread for whoever asks. */
async function detailsOf(error: ApiError): Promise<Readonly<Record<string, string>>> {
  try {
    const body: unknown = await error.response.json();
    if (typeof body !== 'object' || body === null) return {};
    return Object.fromEntries(
      Object.entries(body)
        .filter(([key]) => key !== 'message' && key !== 'code')
        .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
  } catch {
    return {};
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * Proxies say these of a request that they gave up on (408: request time-out, 499: the client closed the
 * connection): what stands behind them may have got it all the same.
 */
const GIVEN_UP: ReadonlySet<number> = new Set([408, 499]);

/** Whether the broker itself has answered: a 4xx of its own. */
const isAnswer = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status < 500 && !GIVEN_UP.has(error.status);

/**
 * What a failed write means. Only a 4xx is a no; after anything else (time-out, 5xx, a connection lost
 * half-way) the broker may have done it.
 */
export async function writeFailure(error: unknown): Promise<Rejection | OutcomeUnknown> {
  if (!isAnswer(error)) {
    return { kind: 'unknown', message: messageOf(error) };
  }
  const details = await detailsOf(error);
  return {
    kind: 'rejected',
    code: classify(error.status, error.message, details),
    httpStatus: error.status,
    message: error.message,
    details,
  };
}

/** A failed read as the port's error; `what` says what was asked for. */
export function readFailure(what: string, error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  const retryable = !isAnswer(error) || error.status === 429;
  return new BrokerError(`could not read ${what} from Alpaca: ${messageOf(error)}`, {
    retryable,
    cause: error,
  });
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404;

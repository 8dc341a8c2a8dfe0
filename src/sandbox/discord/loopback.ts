import type { IncomingHttpHeaders } from 'node:http';

import type { MiddlewareHandler } from 'hono';

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/**
 * Why a request is turned away, or null when it may pass. A foreign host name means that someone
 * else's name was made to point here; a foreign origin, that another page sent the request.
 */
function strangerReason(host: string | undefined, origin: string | undefined): string | null {
  if (host === undefined || !LOOPBACK_HOST.test(host)) {
    return 'The sandbox answers only under a loopback name, like 127.0.0.1 or localhost.';
  }
  if (origin === undefined) return null;
  const isOwn = URL.canParse(origin) && new URL(origin).host === host;
  return isOwn ? null : 'The sandbox answers only to its own page.';
}

export const strangerReasonOf = (headers: IncomingHttpHeaders): string | null =>
  strangerReason(headers.host, headers.origin);

/** Keeps other hosts and other pages out. A change must come as JSON, which no plain form sends. */
export const loopbackOnly: MiddlewareHandler = async (context, next) => {
  const { req } = context;
  const host = req.header('host') ?? new URL(req.url).host;
  const reason = strangerReason(host, req.header('origin'));
  if (reason !== null) return context.json({ message: reason }, 403);
  return next();
};

export const jsonOnly: MiddlewareHandler = async (context, next) => {
  const { req } = context;
  const isJson = req.header('content-type')?.startsWith('application/json') === true;
  if (req.method === 'POST' && !isJson) {
    return context.json({ message: 'Send application/json.' }, 415);
  }
  return next();
};

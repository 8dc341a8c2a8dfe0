import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

import { Hono } from 'hono';

import { contentTypeOf } from './attachments.ts';
import type { World } from './world.ts';

const MAIN_SCRIPT = new URL('./page/main.js', import.meta.url);
const PAGE = new URL('./', MAIN_SCRIPT);
const FILE_NAME = /^[a-z][a-z-]*\.(?:js|css|svg)$/;

const PAGE_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page loads nothing from elsewhere, and nothing that a message says can become code. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const serveFile = async (name: string) =>
  new Response(await readFile(new URL(name, PAGE), 'utf8'), {
    headers: { ...PAGE_HEADERS, 'Content-Type': PAGE_TYPES[extname(name)] ?? 'text/plain' },
  });

/** The page that shows the channel, and the files that were posted in it. */
export function pageRoutes({ attachments }: World): Hono {
  const app = new Hono();
  app.get('/', () => serveFile('index.html'));
  app.get('/page/:file', async (context) => {
    const file = context.req.param('file');
    if (!FILE_NAME.test(file)) return context.notFound();
    return serveFile(file).catch(() => context.notFound());
  });
  app.get('/attachments/:channelId/:id/:filename', (context) => {
    const { id, filename } = context.req.param();
    const bytes = attachments.read(id);
    if (bytes === null) return context.notFound();
    const type = contentTypeOf(filename);
    // A file is shown or saved, never run: an SVG or a web page could otherwise act for the viewer.
    const isPicture = /^image\/(?:png|jpeg|gif|webp)$/.test(type);
    return new Response(Buffer.from(bytes), {
      headers: {
        'Content-Type': type,
        'Content-Disposition': isPicture
          ? 'inline'
          : `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
        'Content-Security-Policy': "default-src 'none'; sandbox",
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, max-age=31536000, immutable',
      },
    });
  });
  return app;
}

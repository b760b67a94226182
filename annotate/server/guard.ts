import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';

const cookie = 'vlm-detective-annotate';
const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host);

/** Nothing from elsewhere is loaded, run, framed or sent to; nothing inline. */
export const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  strictTransportSecurity: false,
});

/**
 * A page of another site must not act here: on loopback the Host must be loopback (a foreign name may be made to point at
 * it), and a request that changes something must come from this very origin.
 */
export function sameOrigin(loopback: boolean): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (loopback && !isLoopback(host.replace(/:\d+$/, '')))
      return context.json(
        { error: `open this page by the address that the command printed, not by ${host.slice(0, 100)}` },
        403,
      );
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    const foreign =
      origin === undefined ? site !== undefined && !/^(?:same-origin|none)$/.test(site) : !isOf(origin, host);
    if (foreign && context.req.method !== 'GET') return context.json({ error: 'a page of another site asks' }, 403);
    await next();
  };
}

function isOf(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** Asks for the token once, in the address, and keeps it in a cookie that no script sees; undefined asks for none. */
export function withToken(token: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    if (token === undefined) return next();
    const given = context.req.query('token');
    if (given !== undefined && isSame(given, token)) {
      setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 30 * 24 * 3600 });
      const url = new URL(context.req.url);
      url.searchParams.delete('token');
      return context.req.method === 'GET' ? context.redirect(`${url.pathname}${url.search}`) : next();
    }
    if (isSame(getCookie(context, cookie) ?? '', token)) return next();
    return context.text(
      'Open this page by the whole address that the command printed: the token in it is missing or old.',
      401,
    );
  };
}

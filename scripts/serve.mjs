// A static web server for loopback: the app with the headers it is meant to be served with, and the demo site.
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/**
 * @typedef {{ readonly content: Buffer, readonly type: string, readonly etag: string, readonly modified: string }} Resource
 * @typedef {{ readonly origin: string, readonly port: number, close(): Promise<void> }} Site
 * @typedef {(path: string) => Record<string, string>} HeadersOf
 * @typedef {(file: string, content: Buffer) => Buffer} Rewrite
 */

const types = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
});
const compressible = /^(text\/|application\/(json|manifest\+json|xrd\+xml)|image\/svg)/;

const compress = {
  br: /** @param {Buffer} content */ (content) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  gzip: /** @param {Buffer} content */ (content) => promisify(gzip)(content),
};

/** @param {Buffer | string} content @param {string} type @returns {Resource} */
function resource(content, type, modified = new Date()) {
  const bytes = Buffer.from(content);
  return { content: bytes, type, etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22), modified: modified.toUTCString() };
}

/**
 * The file of a request path below `folder`, or undefined: no dot files, no way out of the folder, neither by `..` nor by a link.
 * @param {string} folder @param {string} path @returns {Promise<{ file: string, modified: Date } | 'folder' | undefined>}
 */
async function locate(folder, path) {
  if (path.split('/').some((part) => part.startsWith('.') || part.includes('\\') || part.includes('\0'))) return undefined;
  try {
    const base = await realpath(folder);
    const file = await realpath(join(base, path.endsWith('/') ? `${path}index.html` : path));
    if (!file.startsWith(base + sep)) return undefined;
    const found = await stat(file);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? { file, modified: found.mtime } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Serves one folder on loopback, over IPv4 and, where there is one, IPv6.
 * @param {{ folder: string, port: number, headersOf: HeadersOf, fixed?: ReadonlyMap<string, Resource>, rewrite?: Rewrite }} options
 * `port` 0 takes a free one.
 * @returns {Promise<Site>} rejects with `code` EADDRINUSE where the port is taken
 */
async function serve({ folder, port, headersOf, fixed = new Map(), rewrite = (_file, content) => content }) {
  /** @type {Map<string, Promise<Buffer>>} by encoding and ETag */
  const packed = new Map();

  /** @param {string} path @returns {Promise<Resource | 'folder' | undefined>} */
  const find = async (path) => {
    const known = fixed.get(path);
    if (known) return known;
    const found = await locate(folder, path);
    if (!found || found === 'folder') return found;
    return resource(rewrite(found.file, await readFile(found.file)), types[extname(found.file)] ?? 'application/octet-stream', found.modified);
  };

  /** @type {import('node:http').RequestListener} */
  const answer = (request, response) => {
    void respond(request, response).catch((error) => {
      console.error(`${request.method} ${request.url}: ${error instanceof Error ? error.message : error}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  const respond = async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    let path;
    try {
      path = decodeURIComponent((request.url ?? '/').split(/[?#]/, 1)[0] ?? '/');
    } catch {
      response.writeHead(400).end();
      return;
    }
    const found = path.startsWith('/') ? await find(path) : undefined;
    const headers = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'strict-origin-when-cross-origin', ...headersOf(path) };
    if (found === 'folder') {
      response.writeHead(308, { ...headers, location: `${path}/` }).end();
      return;
    }
    if (!found) {
      response.writeHead(404, { ...headers, 'cache-control': 'no-cache', 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
      return;
    }
    const accepted = String(request.headers['accept-encoding'] ?? '');
    const encoding = !compressible.test(found.type) || found.content.length < 256 ? undefined : /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
    const etag = `"${found.etag}${encoding ? `-${encoding}` : ''}"`;
    const all = { ...headers, 'content-type': found.type, etag, 'last-modified': found.modified, vary: 'accept-encoding' };
    if (String(request.headers['if-none-match'] ?? '').split(/\s*,\s*/).some((tag) => tag.replace(/^W\//, '') === etag)) {
      response.writeHead(304, all).end();
      return;
    }
    let body = found.content;
    if (encoding) {
      let promise = packed.get(etag);
      if (!promise) packed.set(etag, (promise = compress[encoding](found.content)));
      body = await promise;
    }
    response.writeHead(200, { ...all, ...(encoding ? { 'content-encoding': encoding } : {}), 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  const first = await listen(answer, port, '127.0.0.1');
  const bound = /** @type {import('node:net').AddressInfo} */ (first.address()).port;
  const servers = [first];
  try {
    servers.push(await listen(answer, bound, '::1'));
  } catch (error) {
    // Without IPv6 there is nobody to take the address either; with it, a browser would find the other program first.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE') {
      await Promise.all(servers.map(close));
      throw error;
    }
  }
  return { origin: `http://localhost:${bound}`, port: bound, close: async () => void (await Promise.all(servers.map(close))) };
}

/** @param {import('node:http').RequestListener} listener @param {number} port @param {string} host @returns {Promise<import('node:http').Server>} */
const listen = (listener, port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer(listener);
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });

/** @param {import('node:http').Server} server @returns {Promise<void>} */
const close = (server) =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/**
 * The app's Content-Security-Policy. The README gives site owners the same one.
 * @param {string} ancestors who may show the page in a frame
 */
export const contentSecurityPolicy = (ancestors) =>
  [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data: https: http://localhost:*",
    "media-src 'self' blob: data: https: http://localhost:*",
    // Any XMPP server may be signed in to, and files lie where it puts them.
    "connect-src 'self' ws: wss: https: http://localhost:*",
    "worker-src 'self'",
    "object-src 'none'",
    `frame-ancestors ${ancestors}`,
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html tertulia',
  ].join('; ');

/** @typedef {{ domain: string, service?: string, guestDomain?: string, anonymousDomain?: string, roomsDomain?: string, allowedOrigins: readonly string[], contact?: string }} Deployment `/config.json`; see src/model/account.ts */

/**
 * @param {{ dist: string, port: number, config: Deployment, csp?: (policy: string) => string }} options
 * `csp` may change the policy: what a stricter or looser deployment would send.
 * @returns {Promise<Site>}
 */
export function serveApp({ dist, port, config, csp = (policy) => policy }) {
  const fixed = new Map([['/config.json', resource(`${JSON.stringify(config, null, 2)}\n`, 'application/json; charset=utf-8')]]);
  if (config.service) {
    const href = config.service;
    const rel = 'urn:xmpp:alt-connections:websocket';
    fixed.set('/.well-known/host-meta.json', resource(JSON.stringify({ links: [{ rel, href }] }), 'application/json; charset=utf-8'));
    const xml = `<?xml version="1.0" encoding="utf-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="${rel}" href="${href.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"/></XRD>\n`;
    fixed.set('/.well-known/host-meta', resource(xml, 'application/xrd+xml; charset=utf-8'));
  }
  const embedders = config.allowedOrigins.includes('*') ? '*' : ["'self'", ...config.allowedOrigins].join(' ');
  return serve({
    folder: dist,
    port,
    fixed,
    headersOf: (path) => ({
      'content-security-policy': csp(contentSecurityPolicy(path === '/widget.html' ? embedders : "'self'")),
      // Everything else is asked for again at each visit, and answered by 304 from its ETag.
      'cache-control': /^\/assets\/.+-[\w-]{8}\.\w+(\.map)?$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      // The loader and the elements are for other people's pages; host-meta must be readable by any (XEP-0156 §4).
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'permissions-policy': 'camera=(), geolocation=(), payment=(), usb=()',
    }),
  });
}

/**
 * The demo: somebody else's site. Its pages are written for the app at http://localhost:8080 and told where it really is.
 * @param {{ folder: string, port: number, appOrigin: string, headers?: Record<string, string> }} options
 * @returns {Promise<Site>}
 */
export function serveDemo({ folder, port, appOrigin, headers = {} }) {
  return serve({
    folder,
    port,
    headersOf: () => ({ 'cache-control': 'no-cache', ...headers }),
    rewrite: (file, content) => (/\.(html|js)$/.test(file) ? Buffer.from(content.toString('utf8').replaceAll('http://localhost:8080', appOrigin)) : content),
  });
}

import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/image/public-address.js';
import { fetchRemoteImage } from '../../src/image/remote-image.js';

let png: Buffer;
beforeAll(async () => {
  png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
});

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A picture store on this machine. `hits` counts who got through. */
async function store(
  reply: RequestListener,
  at: { host: string; port: number } = { host: '127.0.0.1', port: 0 },
): Promise<{ port: number; host: string; hits: () => number }> {
  let hits = 0;
  const server = createServer((request, response) => {
    hits++;
    reply(request, response);
  });
  server.listen(at.port, at.host);
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, host: `127.0.0.1:${port}`, hits: () => hits };
}

const sendPng: RequestListener = (_request, response) => response.writeHead(200, { 'content-type': 'x/y' }).end(png);

/** A name server that gives each answer of a list in turn, the last for ever. Its answers are stale at once. */
async function nameServer(
  answers: string[],
): Promise<{ resolve: (host: string) => Promise<string[]>; asked: () => number }> {
  let asked = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const address = answers[Math.min(asked, answers.length - 1)]!;
    asked++;
    const end = query.indexOf(0, 12) + 5;
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 6);
    head.writeUInt16BE(0, 10);
    socket.send(Buffer.concat([head, query.subarray(12, end), record]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  open.push(() => socket.close());
  const resolver = new dns.Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return { resolve: (host) => resolver.resolve4(host), asked: () => asked };
}

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fd00::1',
    'fc00::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '100::1',
    'fd00:ec2::254',
    '::ffff:0:127.0.0.1',
    '5f00::1',
    'fe80::1%eth0',
    '',
    'localhost',
    'not an address',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.169.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it('is private in every spelling of IPv4 inside IPv6', () => {
    fc.assert(
      fc.property(fc.nat(0xffffff), (rest) => {
        const bytes = [rest >> 16, (rest >> 8) & 255, rest & 255];
        const hex = (10 * 256 + bytes[0]!).toString(16);
        const low = (bytes[1]! * 256 + bytes[2]!).toString(16);
        for (const prefix of ['::ffff:', '::', '64:ff9b::', '::ffff:0:']) {
          expect(isPublicAddress(`${prefix}${hex}:${low}`)).toBe(false);
        }
        expect(isPublicAddress(`2002:${hex}:${low}::`)).toBe(false);
      }),
    );
  });
});

describe('a picture behind a URL', () => {
  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://017700000001',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://localhost',
    'http://LOCALHOST',
    'http://0.0.0.0',
    'http://0',
    'http://[::]',
    'http://169.254.169.254/latest',
    'http://①②⑦.⓪.⓪.①',
    'http://127。0。0。1',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://10.0.0.1',
    'http://[fd00:ec2::254]',
    'http://100.100.100.200',
    'https://127.0.0.1',
    'https://localhost',
  ])('is not fetched from %s', async (url) => {
    await expect(fetchRemoteImage(`${url.replace(/\/$/, '')}/a.png`)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/not at a public address/),
    });
  });

  it.each([
    ['file:///etc/passwd', /only http: and https:/],
    ['ftp://example.com/a.png', /only http: and https:/],
    ['gopher://example.com/', /only http: and https:/],
    ['http://user:pass@example.com/a.png', /a user or a password/],
    ['http://example.com:22/a.png', /only the ports/],
    ['https://example.com:8443/a.png', /only the ports/],
    ['http://', /no valid URL/],
  ])('is not fetched from %s', async (url, message) => {
    const error = await fetchRemoteImage(url).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'bad-image', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('pass@');
  });

  it('comes from a store of one’s own, where that is allowed by host and port', async () => {
    const { host } = await store(sendPng);
    const bytes = await fetchRemoteImage(`http://${host}/a.png`, { privateHosts: [host] });
    expect(Buffer.from(bytes).equals(png)).toBe(true);
    await expect(fetchRemoteImage(`http://${host}/a.png`, { privateHosts: ['127.0.0.1:1'] })).rejects.toThrow(/ports/);
  });

  it('comes only from the hosts on the list', async () => {
    const options = { hosts: ['pictures.example'], resolve: async () => ['127.0.0.1'] };
    await expect(fetchRemoteImage('http://other.example/a.png', options)).rejects.toThrow(/list of allowed/);
    await expect(fetchRemoteImage('http://pictures.example.other.example/', options)).rejects.toThrow(
      /list of allowed/,
    );
    await expect(fetchRemoteImage('http://pictures.example/a.png', options)).rejects.toThrow(/public address/);
    const one = { ...options, hosts: ['Pictures.example:443'] };
    await expect(fetchRemoteImage('https://pictures.example/', one)).rejects.toThrow(/public address/);
    await expect(fetchRemoteImage('http://pictures.example/', one)).rejects.toThrow(/list of allowed/);
  });

  it.each([
    'http://127.0.0.1:PORT/secret',
    'http://169.254.169.254/latest',
    'http://[::1]/',
    'file:///etc/passwd',
    'http://2130706433/',
    '//10.0.0.1/a',
    'http://user:pass@127.0.0.1/',
  ])('is not fetched where an allowed host redirects to %s', async (target) => {
    const secret = await store(sendPng);
    const location = target.replace('PORT', String(secret.port));
    const { host } = await store((_request, response) => response.writeHead(302, { location }).end());
    await expect(fetchRemoteImage(`http://${host}/`, { privateHosts: [host] })).rejects.toThrow(/is not fetched/);
    expect(secret.hits()).toBe(0);
  });

  it('follows three redirects, and no more', async () => {
    const { host } = await store((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) sendPng(request, response);
      else response.writeHead(307, { location: `/${left - 1}` }).end();
    });
    await expect(fetchRemoteImage(`http://${host}/3`, { privateHosts: [host] })).resolves.toHaveLength(png.length);
    await expect(fetchRemoteImage(`http://${host}/4`, { privateHosts: [host] })).rejects.toThrow(/more than 3 times/);
    const lost = await store((_request, response) => response.writeHead(302).end());
    await expect(fetchRemoteImage(`http://${lost.host}/`, { privateHosts: [lost.host] })).rejects.toThrow(/to nowhere/);
  });

  it('is not fetched where a name resolves to a private address, alone or beside a public one', async () => {
    const { resolve } = await nameServer(['10.1.2.3']);
    await expect(fetchRemoteImage('http://rebind.example/', { resolve })).rejects.toThrow(/public address/);
    const both = async () => ['8.8.8.8', '127.0.0.1'];
    await expect(fetchRemoteImage('http://rebind.example/', { resolve: both })).rejects.toThrow(/public address/);
    const none = async () => [];
    await expect(fetchRemoteImage('http://rebind.example/', { resolve: none })).rejects.toThrow(/could not be fetched/);
    const nonsense = async () => ['localhost'];
    await expect(fetchRemoteImage('http://rebind.example/', { resolve: nonsense })).rejects.toThrow(/could not be/);
  });

  it('goes to the address that was checked, whatever the name server says the next time', async () => {
    const checked = await store(sendPng);
    const victim = await store(sendPng, { host: '127.0.0.2', port: checked.port });
    const { resolve, asked } = await nameServer(['127.0.0.1', '127.0.0.2']);
    const name = `rebind.example:${checked.port}`;
    await fetchRemoteImage(`http://${name}/`, { resolve, privateHosts: [name] });
    expect([asked(), checked.hits(), victim.hits()]).toEqual([1, 1, 0]);
    // the next fetch asks anew, and is checked anew
    await expect(fetchRemoteImage('http://rebind.example/', { resolve })).rejects.toThrow(/public address/);
    expect([asked(), victim.hits()]).toEqual([2, 0]);
  });

  it('connects to what the resolver found, and sends the name along', async () => {
    let seen: string | undefined;
    const { port } = await store((request, response) => {
      seen = request.headers.host;
      sendPng(request, response);
    });
    const { resolve } = await nameServer(['127.0.0.1']);
    const name = `pictures.example:${port}`;
    await expect(fetchRemoteImage(`http://${name}/a`, { privateHosts: [name], resolve })).resolves.toHaveLength(
      png.length,
    );
    expect(seen).toBe(name);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['is an error page', (_q, r) => r.writeHead(404).end('no'), /status 404/],
    ['is no picture', (_q, r) => r.end('<!DOCTYPE html><p>root:x:0:0'), /text\/html/],
    ['is an SVG', (_q, r) => r.end('<svg xmlns="http://www.w3.org/2000/svg"/>'), /svg/],
    ['is empty', (_q, r) => r.end(), /empty/],
    ['says that it is too large', (_q, r) => r.writeHead(200, { 'content-length': '999999' }).end(png), /more than/],
    ['is too large without saying so', (_q, r) => void r.write(Buffer.alloc(6000)), /more than/],
    ['is packed', (_q, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('x'), /encoding/],
    ['never begins', () => {}, /in time/],
    ['never ends', (_q, r) => void r.write(png.subarray(0, 20)), /in time/],
    [
      'breaks off',
      (q, r) => {
        r.writeHead(200, { 'content-length': '99' }).write('x', () => q.socket.destroy());
      },
      /be fetched/,
    ],
    ['is no HTTP', (q) => q.socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /could not be fetched$/],
  ])('is refused where what comes %s', async (_name, reply, message) => {
    const { host } = await store(reply);
    const options = { privateHosts: [host], maxBytes: 5000, timeoutMs: 400 };
    await expect(fetchRemoteImage(`http://${host}/`, options)).rejects.toThrow(message);
  });

  it('stops with the signal and in time, while a name is still looked up', async () => {
    const resolve = () => new Promise<string[]>(() => {});
    const late = fetchRemoteImage('http://a.example/', { resolve, timeoutMs: 50 });
    await expect(late).rejects.toThrow(/did not come in time/);
    const stop = new AbortController();
    const fetched = fetchRemoteImage('http://a.example/', { resolve, signal: stop.signal });
    stop.abort();
    await expect(fetched).rejects.toMatchObject({ code: 'aborted' });
  });

  it('ends with what counts its bytes', async () => {
    const { host } = await store((_request, response) => response.end(png));
    const enough = new Error('enough');
    const onBytes = () => {
      throw enough;
    };
    await expect(fetchRemoteImage(`http://${host}/`, { privateHosts: [host], onBytes })).rejects.toBe(enough);
  });

  it('stops with the signal', async () => {
    const { host } = await store(() => {});
    const stop = new AbortController();
    const fetched = fetchRemoteImage(`http://${host}/`, { privateHosts: [host], signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(fetched).rejects.toMatchObject({ code: 'aborted' });
  });
});

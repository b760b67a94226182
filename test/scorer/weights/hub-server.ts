import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A hub and the file host that it redirects to: two origins on 127.0.0.1, as huggingface.co and its CDN are. */
export interface HubServer {
  url: string;
  cdnUrl: string;
  /** What was asked: method and path, and the headers that matter. */
  asked: { host: 'hub' | 'cdn'; method: string; file: string; authorization?: string; range?: string }[];
  close(): void;
}

export interface HubSettings {
  files: Record<string, Buffer>;
  revision: string;
  repository?: string;
  /** Asked of the hub for every file. */
  token?: string;
  /** Replies of the file host that are cut off in the middle. */
  breaks?: number;
  /** Bytes that are sent before a reply is cut off. */
  breakAfter?: number;
  ranges?: boolean;
  /** Sent as X-Repo-Commit in place of the revision. */
  commit?: string;
}

const large = /\.onnx$/;

/** Files of a model folder, as the hub has them. */
export function folderFiles(folder: string): Record<string, Buffer> {
  const names = ['tldr.json', 'tokenizer.json', 'image_encoder.onnx', 'reward_decoder.onnx'];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

export async function startHub(settings: HubSettings): Promise<HubServer> {
  const { files, revision, repository = 'acme/tldr-squares', token, ranges = true } = settings;
  let breaks = settings.breaks ?? 0;
  const asked: HubServer['asked'] = [];
  const note = (host: 'hub' | 'cdn', { method, headers }: IncomingMessage, file: string) => {
    asked.push({
      host,
      method: method!,
      file,
      ...(headers.authorization ? { authorization: headers.authorization } : {}),
      ...(headers.range ? { range: headers.range } : {}),
    });
  };

  function sendFile({ method, headers }: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const from = ranges && headers.range ? Number(/\d+/.exec(headers.range)![0]) : 0;
    if (from >= body.length && from > 0) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    const part = body.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': part.length,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    });
    if (method === 'HEAD') response.end();
    else if (breaks > 0) {
      breaks--;
      // the head of the body is on its way before the connection is cut
      response.write(part.subarray(0, settings.breakAfter ?? Math.ceil(part.length / 2)), () => response.socket!.end());
    } else response.end(part);
  }

  const cdn = createServer((request, response) => {
    const file = decodeURIComponent(request.url!.split('/').at(-1)!.split('?')[0]!);
    note('cdn', request, file);
    sendFile(request, response, files[file]!);
  });
  const hub = createServer((request, response) => {
    const prefix = `/${repository}/resolve/`;
    const [asRevision, file = ''] = request.url!.startsWith(prefix)
      ? request.url!.slice(prefix.length).split('/').map(decodeURIComponent)
      : [];
    note('hub', request, file);
    const refuse = (status: number, code: string) => response.writeHead(status, { 'x-error-code': code }).end('no');
    if (token && request.headers.authorization !== `Bearer ${token}`) return refuse(401, 'GatedRepo');
    if (asRevision === undefined) return refuse(404, 'RepoNotFound');
    if (asRevision !== revision) return refuse(404, 'RevisionNotFound');
    const body = files[file];
    if (!body) return refuse(404, 'EntryNotFound');
    response.setHeader('x-repo-commit', settings.commit ?? revision);
    if (!large.test(file)) return sendFile(request, response, body);
    response.setHeader('x-linked-size', body.length);
    const location = `http://127.0.0.1:${portOf(cdn)}/blobs/${file}?signature=secret`;
    return response.writeHead(302, { location }).end();
  });
  await Promise.all([hub, cdn].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  return {
    url: `http://127.0.0.1:${portOf(hub)}`,
    cdnUrl: `http://127.0.0.1:${portOf(cdn)}`,
    asked,
    close() {
      for (const server of [hub, cdn]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

const portOf = (server: ReturnType<typeof createServer>) => (server.address() as AddressInfo).port;

'use strict';

const http = require('http');
const net = require('net');
const { once } = require('events');
const { Readable } = require('stream');

/** A server for one call. */
async function serve(listener, use) {
  const server = http.createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(server.address().port, server);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function request(options, body) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const { statusCode, statusMessage, headers } = response;
        delete headers.date;
        resolve({ statusCode, statusMessage, headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

module.exports = {
  'a server and a request': () =>
    serve(
      (request, response) => response.end(`${request.method} ${request.url}`),
      (port) => request({ port, path: '/a?b=c' }),
    ),
  'http.get': () =>
    serve(
      (request, response) => response.end('got'),
      async (port) => {
        const [response] = await once(http.get(`http://127.0.0.1:${port}/`), 'response');
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        return [response.statusCode, Buffer.concat(chunks)];
      },
    ),
  'status and headers': () =>
    serve(
      (request, response) => {
        response.statusCode = 404;
        response.setHeader('X-Own', ['a', 'b']);
        response.writeHead(404, 'Gone Fishing', { 'Content-Type': 'text/plain' });
        response.end();
      },
      (port) => request({ port }),
    ),
  'a body comes back': () =>
    serve(
      async (request, response) => {
        let text = '';
        for await (const chunk of request) text += chunk;
        response.end(text.toUpperCase());
      },
      (port) => request({ port, method: 'POST' }, 'words'),
    ),
  'headers of a request': () =>
    serve(
      ({ headers }, response) => response.end(headers['x-mine'] + headers.accept),
      (port) => request({ port, headers: { 'X-Mine': 'yes', Accept: '*/*' } }),
    ),
  'request.pipe(response)': () =>
    serve(
      (request, response) => request.pipe(response),
      (port) => request({ port, method: 'PUT' }, 'echo'),
    ),
  'a stream of ours is sent': () =>
    serve(
      (request, response) => void Readable.from(['one ', 'two']).pipe(response),
      (port) => request({ port }),
    ),
  JSON: () =>
    serve(
      (request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ list: [1, 2] }));
      },
      async (port) => JSON.parse((await request({ port })).text),
    ),
  'many at a time': () =>
    serve(
      (request, response) => response.end(request.url),
      async (port) => {
        const all = Array.from({ length: 8 }, (_, n) => request({ port, path: `/${n}` }));
        return (await Promise.all(all)).map(({ text }) => text);
      },
    ),
  'nobody listens': async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    const { code, syscall } = await request({ port }).catch((error) => error);
    return [code, syscall];
  },
  'an invalid header': () => http.request({ headers: { 'bad name': 'x' } }),
  'the server is gone before the answer': () =>
    serve(
      (request) => request.socket.destroy(),
      async (port) => (await request({ port }).catch((error) => error)).code,
    ),
  'a request times out': () =>
    serve(
      () => {},
      async (port) => {
        const sent = http.request({ host: '127.0.0.1', port, timeout: 20 });
        sent.on('error', () => {});
        sent.end();
        await once(sent, 'timeout');
        sent.destroy();
        return sent.destroyed;
      },
    ),
  'an aborted request': () =>
    serve(
      () => {},
      async (port) => {
        const abort = new AbortController();
        const sent = http.request({ host: '127.0.0.1', port, signal: abort.signal });
        const failed = once(sent, 'error');
        sent.end();
        abort.abort();
        const [{ name, code }] = await failed;
        return [name, code];
      },
    ),
  'events of a server': () =>
    serve(
      (request, response) => response.end(),
      async (port, server) => {
        const seen = [];
        server.on('request', ({ url }) => seen.push(url));
        server.on('connection', (socket) => seen.push(socket instanceof net.Socket));
        await request({ port, path: '/seen' });
        return seen;
      },
    ),
  'server.listening, close': () =>
    serve(
      (request, response) => response.end(),
      async (port, server) => {
        const before = server.listening;
        await new Promise((resolve) => server.close(resolve));
        return [before, server.listening, server.address()];
      },
    ),
  'METHODS and STATUS_CODES': () => [http.METHODS.includes('PATCH'), http.STATUS_CODES[418]],
  'an own Agent': () =>
    serve(
      (request, response) => response.end(request.headers.connection),
      async (port) => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const { text } = await request({ port, agent });
        agent.destroy();
        return [text, agent instanceof http.Agent];
      },
    ),
  'a TCP echo': async () => {
    const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.end('through TCP');
    let text = '';
    for await (const chunk of socket) text += chunk;
    server.close();
    return text;
  },
};

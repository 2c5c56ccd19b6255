import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket
} from 'node:net'
import { test, type TestContext } from 'node:test'

import {
  NetworkCallbackSender,
  type CallbackRequest,
  type CallbackSender
} from './callback-sender.ts'
import { failureOf } from './callback-failures.ts'

async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address: AddressInfo | string | null = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

async function aWebServer(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(t, createServer(listener))}`
}

async function aTcpServer(t: TestContext, onData: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => onData(socket))
  })
  return `http://127.0.0.1:${await listening(t, server)}`
}

function aSender(
  t: TestContext
): (request: Partial<CallbackRequest> & { url: string }) => ReturnType<CallbackSender['send']> {
  const sender = new NetworkCallbackSender()
  t.after(() => sender.close())
  return request =>
    sender.send({ method: 'POST', headers: { 'content-type': 'text/x' }, body: 'a=1', ...request })
}

async function failureFor(
  t: TestContext,
  request: Partial<CallbackRequest> & { url: string }
): Promise<string> {
  const { answer } = await aSender(t)(request)
  return answer.ok ? `answered ${answer.status}` : answer.failure
}

test('nobody at home, no such host and no HTTP are told apart', async t => {
  const garbled = await aTcpServer(t, socket => socket.end('220 smtp.example ESMTP\r\n'))
  const cut = await aTcpServer(t, socket => socket.destroy())
  const gone = createTcpServer()
  const port = await listening(t, gone)
  await new Promise(resolve => gone.close(resolve))

  assert.equal(await failureFor(t, { url: `http://127.0.0.1:${port}` }), 'refused')
  assert.equal(await failureFor(t, { url: 'http://nobody.invalid/' }), 'dns')
  assert.equal(await failureFor(t, { url: garbled }), 'protocol')
  assert.equal(await failureFor(t, { url: cut }), 'connect')
})

test('an answer that does not come, or stops coming, runs into the limit on reading', async t => {
  const silent = await aTcpServer(t, () => undefined)
  const stalls = await aTcpServer(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')
  })

  assert.equal(await failureFor(t, { url: silent, readTimeoutMs: 100 }), 'timeout')
  assert.equal(await failureFor(t, { url: stalls, readTimeoutMs: 100 }), 'timeout')
})

test('the limit on all of it holds for the attempts together', async t => {
  let requests = 0
  const slow = await aWebServer(t, (_request, response) => {
    requests++
    if (requests < 3) response.writeHead(503).end()
  })

  const { answer, attempts } = await aSender(t)({
    url: slow,
    totalTimeoutMs: 500,
    retries: 5,
    isRetried: () => true
  })

  assert.ok(!answer.ok)
  assert.equal(answer.failure, 'total_timeout')
  assert.deepEqual([attempts, requests], [3, 3])
})

test('a 303 is followed with GET and without the form, a 308 with the same request', async t => {
  const seen: string[] = []
  const url = await aWebServer(t, (request, response) => {
    let body = ''
    request.on('data', part => (body += String(part)))
    request.on('end', () => {
      seen.push(
        `${request.method} ${request.url} ${body} ${request.headers['content-type'] ?? '-'}`
      )
      const [, status] = /^\/(\d+)/.exec(request.url ?? '') ?? []
      if (status === undefined) response.end('arrived')
      else response.writeHead(Number(status), { location: '/there?x=1' }).end()
    })
  })

  const seeOther = await aSender(t)({ url: `${url}/303` })
  await aSender(t)({ url: `${url}/308` })

  assert.deepEqual(seen, [
    'POST /303 a=1 text/x',
    'GET /there?x=1  -',
    'POST /308 a=1 text/x',
    'POST /there?x=1 a=1 text/x'
  ])
  assert.ok(seeOther.answer.ok)
  assert.deepEqual([seeOther.answer.body, seeOther.answer.url], ['arrived', `${url}/there?x=1`])
})

test('a redirect that leads back to itself ends after ten', async t => {
  let requests = 0
  const url = await aWebServer(t, (_request, response) => {
    requests++
    response.writeHead(302, { location: '/' }).end()
  })

  assert.equal(await failureFor(t, { url }), 'redirects')
  assert.equal(requests, 11)
})

test('an answer is read up to 64 KB, whether or not its length is told', async t => {
  const url = await aWebServer(t, (request, response) => {
    const [, size, isTold] = /^\/(\d+)(-told)?$/.exec(request.url ?? '') ?? []
    const body = 'x'.repeat(Number(size))
    if (isTold !== undefined) response.setHeader('content-length', body.length)
    response.write(body.slice(0, 10))
    response.end(body.slice(10))
  })

  assert.equal(await failureFor(t, { url: `${url}/65536` }), 'answered 200')
  assert.equal(await failureFor(t, { url: `${url}/65537` }), 'too_large')
  assert.equal(await failureFor(t, { url: `${url}/65536-told` }), 'answered 200')
  assert.equal(await failureFor(t, { url: `${url}/65537-told` }), 'too_large')
})

test('a connection is used again, and another one when the application has closed it', async t => {
  const ports = new Set<number | undefined>()
  const url = await aWebServer(t, (request, response) => {
    ports.add(request.socket.remotePort)
    const isLast = request.url === '/last'
    response.writeHead(204, isLast ? { connection: 'close' } : {}).end()
  })
  const send = aSender(t)

  for (const path of ['/', '/?again', '/last']) await send({ url: url + path })
  const connectionsBefore = ports.size
  const { answer } = await send({ url })

  assert.equal(connectionsBefore, 1)
  assert.equal(ports.size, 2)
  assert.ok(answer.ok)
})

test('a document comes as it was written, in any script, and a header cannot be broken out of', async t => {
  const bodies: string[] = []
  const url = await aWebServer(t, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      bodies.push(Buffer.concat(parts).toString('utf8'))
      response.writeHead(204).end()
    })
  })

  await aSender(t)({ url, body: '{"from":"Ærø ☃ 😀"}' })
  const cookie = 'a=1\r\nx-twilio-signature: forged'
  const broken = await failureFor(t, { url, headers: { cookie } })

  assert.deepEqual(bodies, ['{"from":"Ærø ☃ 😀"}'])
  assert.equal(broken, 'protocol')
})

test('of more callbacks than may be in flight, all arrive', async t => {
  let inFlight = 0
  let most = 0
  const url = await aWebServer(t, (_request, response) => {
    most = Math.max(most, ++inFlight)
    setImmediate(() => {
      inFlight--
      response.writeHead(204).end()
    })
  })
  const sender = new NetworkCallbackSender({ concurrency: 3 })
  t.after(() => sender.close())

  const results = await Promise.all(
    Array.from({ length: 20 }, () => sender.send({ url, method: 'POST', headers: {}, body: 'a=1' }))
  )

  assert.ok(results.every(({ answer }) => answer.ok))
  assert.ok(most <= 3, `${most} at once`)
})

for (const algorithm of ['MD5', 'SHA-256', 'MD5-sess'] as const) {
  test(`credentials are sent as Basic, and as Digest (${algorithm}) when that is asked for`, async t => {
    const seen: string[] = []
    const url = await aWebServer(t, (request, response) => {
      const { authorization = '' } = request.headers
      seen.push(authorization)
      const isRight = isRightDigest(authorization, request.method ?? '', request.url ?? '')
      response
        .writeHead(isRight ? 204 : 401, {
          'www-authenticate': `Digest realm="school", qop="auth,auth-int", algorithm=${algorithm}, nonce="n0nce", opaque="0p"`
        })
        .end()
    })
    const credentials = { username: 'ada', password: 'se:cret', cnonce: 'c0' }

    const { answer, attempts } = await aSender(t)({ url: `${url}/status?id=1`, credentials })

    assert.ok(answer.ok)
    assert.equal(answer.status, 204)
    assert.equal(attempts, 1)
    assert.equal(seen[0], `Basic ${Buffer.from('ada:se:cret').toString('base64')}`)
    assert.match(seen[1] ?? '', /^Digest .*opaque="0p"/)
  })
}

/** As a server checks it: RFC 7616, 3.4. */
function isRightDigest(authorization: string, method: string, path: string): boolean {
  if (!authorization.startsWith('Digest ')) return false
  const field = (name: string) =>
    new RegExp(`\\b${name}="?([^",]+)"?`).exec(authorization)?.[1] ?? ''
  const algorithm = field('algorithm')
  const hash = (text: string) =>
    createHash(algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
      .update(text)
      .digest('hex')
  let secret = hash('ada:school:se:cret')
  if (algorithm.endsWith('-sess')) secret = hash(`${secret}:n0nce:${field('cnonce')}`)
  const asked = hash(`${method}:${path}`)
  const { length } = field('cnonce')
  return (
    length > 0 &&
    field('uri') === path &&
    field('response') === hash(`${secret}:n0nce:${field('nc')}:${field('cnonce')}:auth:${asked}`)
  )
}

test('TLS that is none, and a certificate of nobody, are told apart', async t => {
  const plain = await aWebServer(t, (_request, response) => response.end())
  const server = createTlsServer({ key: testKey, cert: testCertificate }, (_request, response) =>
    response.end()
  )
  server.on('tlsClientError', () => undefined)
  const port = await listening(t, server)

  assert.equal(await failureFor(t, { url: plain.replace('http:', 'https:') }), 'tls')
  assert.equal(await failureFor(t, { url: `https://localhost:${port}` }), 'tls_path')
  assert.equal(await failureFor(t, { url: `https://localhost:${port}`, sni: false }), 'tls_path')
})

test('TLS tells the name of the host, unless it is told not to', async t => {
  const names: (string | undefined)[] = []
  const server = createTcpServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', hello => {
      names.push(hello.includes('localhost') ? 'localhost' : undefined)
      socket.destroy()
    })
  })
  const port = await listening(t, server)

  await failureFor(t, { url: `https://localhost:${port}` })
  await failureFor(t, { url: `https://localhost:${port}`, sni: false })

  assert.deepEqual(names, ['localhost', undefined])
})

test('the platform speaks of certificates in codes', () => {
  const failures = [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'CERT_HAS_EXPIRED',
    'EPROTO',
    'HPE_INVALID_CONSTANT'
  ]

  const told = failures.map(code => failureOf(Object.assign(new Error(code), { code })))

  assert.deepEqual(told, ['tls_domain', 'tls_expired', 'tls', 'protocol'])
})

// Of nobody, for localhost, until 2120; it opens nothing.
const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWF4g1nc97yuKiCVu
ZSfj4qtK37wzQpy+crklRanuO0GhRANCAARrRHilhDgwnxiQ8tVfQ5qf+ZubP9dC
D7CDMJo3zw1sl3wnbuF1/dBoXCMUpHjdCtopRxIciGrLm1kE4Z2BoFVo
-----END PRIVATE KEY-----`
const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBVTCB/KADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEa0R4pYQ4MJ8YkPLV
X0Oan/mbmz/XQg+wgzCaN88NbJd8J27hdf3QaFwjFKR43QraKUcSHIhqy5tZBOGd
gaBVaKM9MDswGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBSE
YmPBTPTU3U0j2kHNRU48P74ERzAKBggqhkjOPQQDAgNIADBFAiEAgEXUBDO1LUZz
j1Eb00tEhbrnCn1oW6jm8MUhVmbsJ/kCIC3+ZObVkSlrvNSZrPMZigKGv67ZSkrX
EE0N4p8aeq+U
-----END CERTIFICATE-----`

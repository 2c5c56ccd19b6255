import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { createEventSender, type EventRequest, isPublicAddress } from './event-sender.ts'

const secret = `whsec_${Buffer.from('a secret for the tests of sending').toString('base64')}`
const now = Date.UTC(2026, 10, 23, 12)

const anEvent = (fields: Partial<EventRequest> = {}): EventRequest => ({
  url: 'http://127.0.0.1:9/',
  eventId: '019ab000-0000-7000-8000-000000000001',
  payload: '{"type":"messages.message.status_update","words":"Grüße 👍"}',
  username: 'client',
  password: 'pass:wörd',
  signingSecret: secret,
  at: now,
  ...fields
})

async function aClient(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/events?of=school`
}

function aSender(t: TestContext, { allowPrivate = true, timeoutMs = 300 } = {}) {
  const sender = createEventSender({ allowPrivate, timeoutMs })
  t.after(() => sender.close())
  return sender
}

describe('an event', () => {
  test('is signed as Standard Webhooks says, and carries the credentials of the client', async t => {
    let verified: unknown
    let credentials = ''
    const url = await aClient(t, (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)])
        )
        verified = new Webhook(secret).verify(Buffer.concat(parts), headers)
        credentials = Buffer.from(
          String(headers['authorization']).slice('Basic '.length),
          'base64'
        ).toString()
        response.writeHead(204).end()
      })
    })

    const answer = await aSender(t).send(anEvent({ url, at: Date.now() }))

    assert.equal(answer.statusCode, 204)
    assert.deepEqual(verified, JSON.parse(anEvent().payload))
    assert.equal(credentials, 'client:pass:wörd')
  })

  test('is not sent after a redirect', async t => {
    const paths: (string | undefined)[] = []
    const url = await aClient(t, (request, response) => {
      paths.push(request.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })

    const answer = await aSender(t).send(anEvent({ url }))

    assert.equal(answer.statusCode, 307)
    assert.deepEqual(paths, ['/events?of=school'])
  })
})

describe('an answer', () => {
  test('that does not come is a time-out', async t => {
    const url = await aClient(t, () => undefined)

    const answer = await aSender(t).send(anEvent({ url }))

    assert.equal(answer.statusCode, null)
    assert.match(answer.error ?? '', /time/i)
  })

  test('of any size is read no further than its first 2 KB', async t => {
    let written = 0
    const url = await aClient(t, (_request, response) => {
      const part = 'x'.repeat(65_536)
      const write = (): void => {
        while (!response.destroyed && written < 500_000_000 && response.write(part))
          written += part.length
      }
      response.on('drain', write)
      write()
    })

    const answer = await aSender(t, { timeoutMs: 2_000 }).send(anEvent({ url }))

    assert.equal(answer.statusCode, 200)
    assert.equal(answer.response, 'x'.repeat(2_048))
    assert.ok(written < 50_000_000, `${written} bytes were taken`)
  })

  test('whose body never ends counts by its status', async t => {
    const url = await aClient(t, (_request, response) => {
      response.write('still ')
      const drip = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(drip))
    })

    const answer = await aSender(t).send(anEvent({ url }))

    assert.equal(answer.statusCode, 200)
    assert.match(answer.response ?? '', /^still /)
  })

  test('is kept without null bytes and halves of characters', async t => {
    const url = await aClient(t, (_request, response) => {
      response.end(
        Buffer.concat([Buffer.from('a\0b'), Buffer.alloc(2_044, 'x'), Buffer.from('👍')])
      )
    })

    const { response } = await aSender(t).send(anEvent({ url }))

    assert.equal(response, `a\u{fffd}b${'x'.repeat(2_044)}\u{fffd}`)
  })

  test('with endless headers is a failure', async t => {
    const url = await aClient(t, (_request, response) => {
      response.writeHead(
        200,
        Object.fromEntries(
          Array.from({ length: 400 }, (_, place) => [`x-${place}`, 'y'.repeat(100)])
        )
      )
      response.end()
    })

    const answer = await aSender(t).send(anEvent({ url }))

    assert.equal(answer.statusCode, null)
    assert.match(answer.error ?? '', /header/i)
  })

  for (const [header, waitMs] of [
    ['120', 120_000],
    [new Date(now + 90_000).toUTCString(), 90_000],
    [new Date(now - 90_000).toUTCString(), 0],
    ['soon', undefined]
  ] as const) {
    test(`that asks to retry after "${header}" is understood`, async t => {
      const url = await aClient(t, (_request, response) => {
        response.writeHead(503, { 'retry-after': header }).end()
      })

      const answer = await aSender(t).send(anEvent({ url }))

      assert.equal(answer.retryAfterMs, waitMs)
    })
  }

  test('of nobody is told as the network tells it', async t => {
    const answer = await aSender(t).send(anEvent({ url: 'http://127.0.0.1:9/' }))

    assert.equal(answer.statusCode, null)
    assert.match(answer.error ?? '', /ECONNREFUSED/)
  })
})

describe('unless private addresses are allowed, nothing is sent to', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    '[fd00:ec2::254]',
    'localhost',
    'ip6-localhost.'
  ]
  for (const host of hosts) {
    test(host, async t => {
      let connections = 0
      const url = new URL(
        await aClient(t, (_request, response) => response.end(String(++connections)))
      )

      const answer = await aSender(t, { allowPrivate: false }).send(
        anEvent({ url: `http://${host}:${url.port}/` })
      )

      assert.equal(answer.statusCode, null)
      assert.match(
        answer.error ?? '',
        host.startsWith('ip6-') ? /not public|ENOTFOUND|EAI_AGAIN/ : /is not public/
      )
      assert.equal(connections, 0)
    })
  }
})

describe('an address', () => {
  test('of the public Internet is public', () => {
    for (const address of ['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1'])
      assert.ok(isPublicAddress(address), address)
  })

  test('that is none is not public', () => {
    for (const text of ['', 'example.com', '1.2.3', '1.2.3.4.5', ':::'])
      assert.equal(isPublicAddress(text), false, text)
  })

  test('is public as IPv4-mapped IPv6 just when it is public as IPv4', () => {
    fc.assert(
      fc.property(fc.ipV4(), address => {
        assert.equal(isPublicAddress(`::ffff:${address}`), isPublicAddress(address))
      })
    )
  })

  test('of the private ranges is never public', () => {
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.integer({ min: 224, max: 255 }), fc.nat(255), fc.nat(255), fc.nat(255))
    )
    fc.assert(fc.property(inside, parts => assert.equal(isPublicAddress(parts.join('.')), false)))
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { build, person } from '../../contracts/twilio/judged-mock.ts'
import { NetworkCallbackSender } from '../../simulator/callback-sender.ts'
import { developmentAccount } from '../development-account.ts'
import { sendSigned } from './signed-request.ts'

const { authToken } = developmentAccount

test('a form, a query and a document arrive signed as the official SDK checks them', async t => {
  const { mock, receiver } = await build(t)
  const sender = new NetworkCallbackSender()
  t.after(() => sender.close())
  const send = (method: 'GET' | 'POST', json?: unknown) =>
    sendSigned(mock.world(), sender, {
      url: `${receiver.url}/in?x=1#rc=2`,
      method,
      parameters: json === undefined ? [['Body', "O'Neill & söhne 😀"]] : [],
      ...(json === undefined ? {} : { json })
    })

  await send('POST')
  await send('GET')
  await send('POST', { hello: 'wörld' })

  const [form, query, document] = receiver.received
  const checked = [form, query, document].map(callback => ({
    signature: String(callback?.headers['x-twilio-signature']),
    url: `${receiver.url}${callback?.url}`
  }))
  const isRight = ({ signature, url }: { signature: string; url: string }, parameters: object) =>
    twilio.validateRequest(authToken, signature, url, { ...parameters })
  assert.ok(checked[0] && isRight(checked[0], form?.form ?? {}))
  assert.deepEqual([form?.method, form?.url], ['POST', '/in?x=1'])
  assert.ok(checked[1] && isRight(checked[1], {}))
  assert.equal(query?.form['Body'], "O'Neill & söhne 😀")
  assert.ok(
    checked[2] &&
      twilio.validateRequestWithBody(
        authToken,
        checked[2].signature,
        checked[2].url,
        JSON.stringify({ hello: 'wörld' })
      )
  )
  assert.equal(document?.headers['content-type'], 'application/json; charset=utf-8')
})

test('an answer that is too slow for the URL is tried again when it says so', async t => {
  const { send, mock, receiver } = await build(t)
  receiver.answers(() => 'silent')
  await send({ StatusCallback: `${receiver.url}/status#rt=100&rc=1&rp=rt`, To: '+16015530003' })

  await mock.clock.advance('1 min')

  assert.equal(receiver.received.length, 4)
  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [11205, 11205]
  )
})

test('a total of its own that runs out has a code of its own', async t => {
  const { send, mock, receiver } = await build(t)
  receiver.answers(() => 'silent')
  await send({ StatusCallback: `${receiver.url}/status#tt=100` })

  await mock.clock.advance('500 ms')
  await mock.clock.advance('10 s')

  assert.deepEqual(new Set(mock.world().alerts.map(({ code }) => code)), new Set([11203]))
})

test('a wrong policy is an alert, and the request goes out; a wrong edge keeps it back', async t => {
  const { send, mock, receiver } = await build(t)
  await send({ StatusCallback: `${receiver.url}/policy#rp=often` })
  await send({ StatusCallback: `${receiver.url}/edge#e=atlantis` })

  await mock.clock.advance('1 min')

  assert.deepEqual(
    receiver.received.map(({ url }) => url),
    ['/policy', '/policy']
  )
  const codes = mock.world().alerts.map(({ code }) => code)
  assert.deepEqual(
    codes.toSorted((a, b) => a - b),
    [11240, 11240, 11243, 11243]
  )
  const failed = mock.world().journal.list({ match: { kind: 'callback.failed' } })
  assert.deepEqual(
    failed.map(({ code }) => code),
    [11240, 11240]
  )
})

test('a redirect of a status callback is followed, and one without end is 11215', async t => {
  const { send, mock, receiver } = await build(t)
  receiver.answers(({ url }) => {
    if (url === '/moved') return { status: 307, headers: { location: '/status' } }
    return url === '/loop' ? { status: 302, headers: { location: '/loop' } } : { status: 204 }
  })
  await send({ StatusCallback: `${receiver.url}/moved`, To: person })
  await mock.clock.advance('1 min')
  const [, followed] = receiver.received
  await send({ StatusCallback: `${receiver.url}/loop` })
  await mock.clock.advance('1 min')

  assert.deepEqual([followed?.method, followed?.url], ['POST', '/status'])
  assert.equal(followed?.form['MessageStatus'], 'sent')
  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [11215, 11215]
  )
})

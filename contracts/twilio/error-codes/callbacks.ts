import { once } from 'node:events'
import { createServer as createWebServer } from 'node:https'
import { createServer, type Server } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import type { ReceiverAnswer } from '../../../mock-twilio/testing/receiver.ts'
import type { Built } from '../judged-mock.ts'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import { answersWith, debugged, firstNumber, person, type ErrorCause } from './cause.ts'
import {
  certificateOfElsewhere,
  expiredCertificate,
  testAuthority,
  testKey
} from './certificates.ts'

export const callbackErrors: ErrorCause[] = [
  debugged(11100, 'a document redirects to what is no URL', built =>
    answersWith(built, '<Response><Redirect>http://[nowhere</Redirect></Response>')
  ),
  debugged(11200, 'the application answers a status callback with 500', built =>
    tell(built, () => ({ status: 500 }))
  ),
  debugged(11200, 'the application answers a person’s text with 404', async built => {
    built.receiver.answers(() => ({ status: 404 }))
    await built.control('POST', '/_mock/handsets/+16015550123/messages', {
      to: '+16015550100',
      body: 'Hello'
    })
    await built.mock.clock.advance(0)
  }),
  debugged(11203, 'no answer in the time that the URL allows', async built => {
    built.receiver.answers(() => 'silent')
    await built.send({ StatusCallback: `${built.receiver.url}/status#tt=100` })
    await built.mock.clock.advance('1 min')
  }),
  debugged(11205, 'no answer in the time that there is for reading', async built => {
    built.receiver.answers(() => 'silent')
    await built.send({ StatusCallback: `${built.receiver.url}/status#rt=100` })
    await built.mock.clock.advance('1 min')
  }),
  debugged(11205, 'nobody listens where the callback goes', async built => {
    await built.receiver.close()
    await tell(built)
  }),
  debugged(11206, 'the application answers something that is no HTTP', async built => {
    const server = createServer(socket => socket.end('Hello, this is no web server\r\n\r\n'))
    await tellThrough(built, server, 'http://127.0.0.1')
  }),
  debugged(11210, 'the host of the callback has no address', built =>
    tell(built, undefined, 'http://nowhere.invalid/status')
  ),
  debugged(11215, 'the application redirects without end', built =>
    tell(built, () => ({ status: 302, headers: { location: '/again' } }))
  ),
  debugged(11220, 'the application speaks no TLS where the URL says https', built =>
    tell(built, undefined, `${built.receiver.url.replace('http:', 'https:')}/status`)
  ),
  debugged(11235, 'the certificate of the application is for another host', built =>
    tellSecurely(built, certificateOfElsewhere)
  ),
  debugged(11236, 'the certificate of the application has expired', built =>
    tellSecurely(built, expiredCertificate)
  ),
  debugged(11237, 'the certificate of the application is of no known authority', built =>
    tellSecurely(built, certificateOfElsewhere, false)
  ),
  debugged(11240, 'the callback is to go out from an edge that does not exist', built =>
    tell(built, undefined, `${built.receiver.url}/status#e=atlantis`)
  ),
  debugged(11243, 'the callback is to be retried by a policy that does not exist', built =>
    tell(built, undefined, `${built.receiver.url}/status#rp=often`)
  ),
  debugged(11750, 'an answer of more than 64 KiB', built =>
    answersWith(built, `<Response><!--${'a'.repeat(70_000)}--></Response>`)
  ),
  debugged(11770, 'an answer in chunks, and none of them', async built => {
    built.receiver.answers(() => ({ headers: { 'transfer-encoding': 'chunked' } }))
    await phone(built.mock, person).texts(firstNumber, 'Hello')
  })
]

async function tell(
  { send, mock, receiver }: Built,
  answer?: () => ReceiverAnswer,
  url = `${receiver.url}/status`
): Promise<void> {
  if (answer !== undefined) receiver.answers(answer)
  await send({ StatusCallback: url })
  await mock.clock.advance('1 min')
}

async function tellThrough(built: Built, server: Server, host: string): Promise<void> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  try {
    await tell(built, undefined, `${host}:${port}/status`)
  } finally {
    server.close()
  }
}

/** To an application with this certificate; the test authority is trusted meanwhile. */
async function tellSecurely(built: Built, cert: string, isTrusted = true): Promise<void> {
  const authorities = getCACertificates('default')
  if (isTrusted) setDefaultCACertificates([...authorities, testAuthority])
  try {
    await tellThrough(built, createWebServer({ key: testKey, cert }), 'https://localhost')
  } finally {
    setDefaultCACertificates(authorities)
  }
}

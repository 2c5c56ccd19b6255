import { once } from 'node:events'
import { createServer } from 'node:net'

import type { ReceiverAnswer } from '../../../mock-twilio/testing/receiver.ts'
import type { Built } from '../judged-mock.ts'
import { answersWith, debugged, type ErrorCause } from './cause.ts'

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
  debugged(11205, 'nobody listens where the callback goes', async built => {
    await built.receiver.close()
    await tell(built)
  }),
  debugged(11206, 'the application answers something that is no HTTP', async built => {
    const server = createServer(socket => socket.end('Hello, this is no web server\r\n\r\n'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    await tell(built, undefined, `http://127.0.0.1:${port}/status`)
    server.close()
  }),
  debugged(11210, 'the host of the callback has no address', built =>
    tell(built, undefined, 'http://nowhere.invalid/status')
  ),
  debugged(11215, 'the application redirects without end', built =>
    tell(built, () => ({ status: 302, headers: { location: '/again' } }))
  ),
  debugged(11750, 'an answer of more than 64 KiB', built =>
    answersWith(built, `<Response><!--${'a'.repeat(70_000)}--></Response>`)
  )
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

import { createMockTwilio } from '../../mock-twilio/app.ts'
import { serveQuestions } from '../target-process.ts'

// mock-twilio as it comes, with a carrier that takes its usual time.
const mock = await createMockTwilio()
let unfinished = 0
let callbacks = 0
mock.world().journal.listen(({ kind, status }) => {
  if (kind === 'message.created') unfinished++
  if (kind === 'message.status' && status === 'delivered') unfinished--
  if (kind === 'callback.delivered') callbacks++
})
const url = await mock.app.listen({ host: '127.0.0.1', port: 0 })
let seen = 0
serveQuestions(url, {
  // Callbacks wait for each other behind the last status, as long as their number still grows.
  unfinished: () => {
    const grown = callbacks - seen
    seen = callbacks
    return unfinished + grown
  }
})

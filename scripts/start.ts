import { startStack } from './stack.ts'

// The whole stack in one process, with no network: `npm start`.
const startedAt = performance.now()
const stack = await startStack(process.env)
const { urls, development } = stack

process.stdout.write(`
Common Services API, offline. Everything below runs in this process (${Math.round(performance.now() - startedAt)} ms to start).

  server        ${urls.server}/api/v1     docs: ${urls.server}/docs
  mock-twilio   ${urls.twilio}            what happened: ${urls.twilio}/_mock/journal
  mock-zoom     ${urls.zoom}            what happened: ${urls.zoom}/_mock/journal
  client app    ${urls.clientApp}            events it got: ${urls.clientApp}/events

  development key   ${development.token}
  our numbers       ${development.numbers.join('  ')}
  a parent's phone  ${development.parentNumber}

Send a text:

  curl -s ${urls.server}/api/v1/messages \\
    -H 'Authorization: Bearer ${development.token}' -H 'Content-Type: application/json' \\
    -d '{"message":{"sender_number":"${development.numbers[0]}","receiver_number":"${development.parentNumber}","message_body":"School is closed today."}}'

See it arrive, and answer it as the parent:

  curl -s ${urls.twilio}/_mock/handsets/${development.parentNumber}
  curl -s ${urls.twilio}/_mock/handsets/${development.parentNumber}/messages \\
    -H 'Content-Type: application/json' -d '{"to":"${development.numbers[0]}","body":"Thank you!"}'
  curl -s ${urls.clientApp}/events

Create a video call, and join it as its host with the host_token of the answer:

  curl -s ${urls.server}/api/v1/video_calls \\
    -H 'Authorization: Bearer ${development.token}' -H 'Content-Type: application/json' \\
    -d '{"video_call":{"host_username":"Ms. Ortega","session_name":"evening","session_key":"evening","maximum_call_length":45}}'
  curl -s ${urls.zoom}/_mock/rooms/evening/join \\
    -H 'Content-Type: application/json' -d '{"user_name":"Ms. Ortega","session_key":"evening","token":"<host_token>"}'
  curl -s ${urls.server}/api/v1/video_calls/evening -H 'Authorization: Bearer ${development.token}'

Stop with Ctrl-C.
`)

let closing: Promise<void> | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    closing ??= stack.close().then(() => process.exit(0))
  })
}

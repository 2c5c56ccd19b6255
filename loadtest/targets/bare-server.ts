import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { Agent } from 'undici'
import { serveQuestions } from '../target-process.ts'

// The floor of a round trip, server's side: the same HTTP exchanges, nothing stored, nothing validated.
const provider = `http://127.0.0.1:${process.env['MOCK_PORT']}`
const clientApp = `http://127.0.0.1:${process.env['CLIENT_APP_PORT']}`
const agent = new Agent({ connections: 128 })
const app = Fastify({ logger: false })
await app.register(formbody)

const post = async (
  url: string,
  path: string,
  contentType: string,
  body: string
): Promise<void> => {
  const answer = await agent.request({
    origin: url,
    path,
    method: 'POST',
    headers: { 'content-type': contentType },
    body
  })
  await answer.body.dump()
}

const send = (from: string, to: string, body: string): Promise<void> => {
  const form = new URLSearchParams({
    To: to,
    From: from,
    Body: body,
    StatusCallback: 'http://127.0.0.1/callback'
  })
  return post(provider, '/messages', 'application/x-www-form-urlencoded', form.toString())
}

app.post<{ Body: { message: Record<string, string> } }>(
  '/api/v1/messages',
  async (request, reply) => {
    const {
      sender_number: from = '',
      receiver_number: to = '',
      message_body: body = ''
    } = request.body.message
    void send(from, to, body)
    return reply.code(201).send(request.body)
  }
)

/** More texts on their way to the provider than the server has: its floor is not slowed by waiting. */
const sendersAtOnce = 200

app.post<{ Body: { announcement: { body: string; recipients: string[] } } }>(
  '/api/v1/announcements',
  { bodyLimit: 64 * 1024 * 1024 },
  async (request, reply) => {
    const { body, recipients } = request.body.announcement
    const waiting = recipients.values()
    for (let sender = 0; sender < sendersAtOnce; sender++)
      void (async () => {
        for (const to of waiting) await send('+16015550200', to, body)
      })()
    return reply.code(202).send({ accepted: recipients.length })
  }
)

app.post<{ Body: Record<string, string> }>('/callback', async (request, reply) => {
  const status = request.body['MessageStatus']
  if (status !== 'queued')
    void post(
      clientApp,
      '/events',
      'application/json',
      JSON.stringify({ type: 'status', internal_status: status, ...request.body })
    )
  return reply.code(204).send()
})

serveQuestions(await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) }))

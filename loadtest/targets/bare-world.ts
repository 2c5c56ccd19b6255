import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { Agent } from 'undici'
import { keepBooks } from '../lab/books.ts'
import { serveQuestions } from '../target-process.ts'

// The floor of a round trip, the outside: a provider that answers and calls back three times, and a client.
const server = `http://127.0.0.1:${process.env['PORT']}`
const agent = new Agent({ connections: 64 })
const provider = Fastify({ logger: false })
await provider.register(formbody)
const clientApp = Fastify({ logger: false })
const books = keepBooks()
let delivered = 0

provider.post<{ Body: Record<string, string> }>('/messages', async (request, reply) => {
  books.reached(request.body['To'] ?? '')
  void callBack(request.body)
  return reply
    .code(201)
    .send({ sid: 'SM00000000000000000000000000000001', status: 'accepted', ...request.body })
})

async function callBack(message: Record<string, string>): Promise<void> {
  for (const status of ['queued', 'sent', 'delivered']) {
    const answer = await agent.request({
      origin: server,
      path: '/callback',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...message, MessageStatus: status, SmsStatus: status }).toString()
    })
    await answer.body.dump()
  }
}

clientApp.post<{ Body: { internal_status: string; To: string } }>(
  '/events',
  async ({ body: { internal_status: status, To: number } }, reply) => {
    if (status === 'delivered') delivered += 1
    books.heard({ number, status, eventId: '' })
    return reply.code(204).send()
  }
)

await provider.listen({ host: '127.0.0.1', port: Number(process.env['MOCK_PORT']) })
serveQuestions(
  await clientApp.listen({ host: '127.0.0.1', port: Number(process.env['CLIENT_APP_PORT']) }),
  { ...books.answers, delivered: () => delivered }
)

import Fastify from 'fastify'
import { Agent, request } from 'undici'
import { serveQuestions } from '../target-process.ts'

// The floor of a video call: the same JSON is read and answered, and as many requests of the usual size go to the
// application. Nothing is kept, checked or signed.
const app = Fastify({ logger: false })
const dispatcher = new Agent({ connections: 64 })
const application = process.env['WEBHOOK_URL'] ?? ''
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Zoom Marketplace/1.0a',
  'x-zm-signature': `v0=${'0'.repeat(64)}`,
  'x-zm-request-timestamp': '1767225600',
  'x-zm-request-id': '0'.repeat(36)
}
const id = 'a1B2c3D4e5F6g7H8i9J0kQ=='
const user = {
  id: '16778240',
  name: 'Ana',
  join_time: '2026-01-01T00:00:00Z',
  participant_uuid: '7'.repeat(32)
}
const object = { id, session_id: id, session_name: 'call-0001', session_key: 'call-0001', user }
const payload = { account_id: 'acctMOCK0001', object }
const body = JSON.stringify({ event: 'session.user_joined', event_ts: 1_767_225_600_456, payload })

let unfinished = 0
let took: number[] = []

async function tell(): Promise<void> {
  const startedAt = performance.now()
  unfinished++
  const answer = await request(application, { method: 'POST', headers, body, dispatcher })
  await answer.body.dump()
  unfinished--
  took.push(performance.now() - startedAt)
}

app.post<{ Params: { name: string; action: string }; Body: { as?: string } }>(
  '/_mock/rooms/:name/:action',
  ({ params, body: asked }, reply) => {
    const isTwo = params.action === 'end' || asked.as === 'host'
    void Promise.all(isTwo ? [tell(), tell()] : [tell()])
    return reply.code(params.action === 'join' ? 201 : 200).send({
      session_id: id,
      user_id: user.id,
      participant_uuid: user.participant_uuid,
      role: asked.as ?? 'participant'
    })
  }
)

serveQuestions(await app.listen({ host: '127.0.0.1', port: 0 }), {
  unfinished: () => unfinished,
  took: () => {
    const taken = took
    took = []
    return taken
  }
})

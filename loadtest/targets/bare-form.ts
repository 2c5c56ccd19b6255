import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { serveQuestions } from '../target-process.ts'

// The floor of creating a message: the same form is read, an answer of the same shape and size is written.
const app = Fastify({ logger: false })
await app.register(formbody)

app.post<{ Params: { account: string }; Body: Record<string, string> }>(
  '/2010-04-01/Accounts/:account/Messages.json',
  ({ params, body }, reply) => {
    const uri = `/2010-04-01/Accounts/${params.account}/Messages/SM00000000000000000000000000000001`
    const now = 'Mon, 23 Nov 2026 12:00:00 +0000'
    return reply.code(201).send({
      account_sid: params.account,
      api_version: '2010-04-01',
      body: body['Body'],
      date_created: now,
      date_sent: null,
      date_updated: now,
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: body['From'],
      messaging_service_sid: null,
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: 'USD',
      sid: 'SM00000000000000000000000000000001',
      status: 'queued',
      subresource_uris: { media: `${uri}/Media.json` },
      to: body['To'],
      uri: `${uri}.json`
    })
  }
)

serveQuestions(await app.listen({ host: '127.0.0.1', port: 0 }))

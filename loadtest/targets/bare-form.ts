import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { Agent, request } from 'undici'
import { serveQuestions } from '../target-process.ts'

// The floor of creating a message: the same form is read, an answer of the same shape and size is written. Where
// the form has a StatusCallback, it is sent two requests of the usual size, and nothing is done with the answers.
const app = Fastify({ logger: false })
await app.register(formbody)

const dispatcher = new Agent({ connections: 64 })
const headers = {
  accept: '*/*',
  'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
  'user-agent': 'TwilioProxy/1.1',
  'x-twilio-signature': '0'.repeat(28)
}
const form = `MessageSid=${'0'.repeat(34)}&SmsSid=${'0'.repeat(34)}&AccountSid=${'0'.repeat(34)}&MessageStatus=sent`

async function tell(url: string): Promise<void> {
  const { body } = await request(url, { method: 'POST', headers, body: form, dispatcher })
  await body.dump()
}

app.post<{ Params: { account: string }; Body: Record<string, string> }>(
  '/2010-04-01/Accounts/:account/Messages.json',
  ({ params, body }, reply) => {
    const { StatusCallback: callback } = body
    if (callback !== undefined) void Promise.all([tell(callback), tell(callback)])
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

import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'

import { developmentAccount } from '../development-account.ts'

/** An application as Zoom sees it: it takes webhooks, answers challenges, and what else the test wants. */

export interface ReceivedWebhook {
  method: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** As it came. */
  body: string
  document: ReceivedDocument
}

export interface ReceivedDocument {
  event?: string
  event_ts?: number
  download_token?: string
  payload?: {
    account_id?: string
    operator?: string
    operator_id?: string
    plainToken?: string
    object?: Record<string, unknown>
  }
}

export interface Answer {
  status?: number
  body?: string
  headers?: Record<string, string>
}

export interface Receiver {
  url: string
  received: ReceivedWebhook[]
  /** The names of the events, challenges left out. */
  events: () => string[]
  /** What it answers to events from now on. */
  answers: (answer: (webhook: ReceivedWebhook) => Answer | 'cut' | 'silent') => void
  /** What it answers to challenges from now on, in place of the right answer. */
  answersChallenges: (answer: (webhook: ReceivedWebhook) => Answer | 'right') => void
  close: () => Promise<void>
}

export async function aReceiver(
  secretToken: string = developmentAccount.secretToken
): Promise<Receiver> {
  const received: ReceivedWebhook[] = []
  let answer: (webhook: ReceivedWebhook) => Answer | 'cut' | 'silent' = () => ({ status: 200 })
  let challenge: (webhook: ReceivedWebhook) => Answer | 'right' = () => 'right'
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', headers } = request
      const body = Buffer.concat(chunks).toString('utf8')
      const document: ReceivedDocument = body === '' ? {} : JSON.parse(body)
      const webhook = { method, headers, body, document }
      received.push(webhook)
      const isChallenge = document.event === 'endpoint.url_validation'
      const asked = isChallenge ? challenge(webhook) : answer(webhook)
      if (asked === 'silent') return
      if (asked === 'cut') {
        request.socket.destroy()
        return
      }
      const {
        status = 200,
        body: told = '',
        headers: more
      } = asked === 'right' ? { body: rightAnswer(document, secretToken) } : asked
      response.writeHead(status, { 'content-type': 'application/json', ...more })
      response.end(told)
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    events: () =>
      received
        .map(({ document }) => document.event ?? '')
        .filter(event => event !== 'endpoint.url_validation'),
    answers: next => {
      answer = next
    },
    answersChallenges: next => {
      challenge = next
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

function rightAnswer({ payload }: ReceivedDocument, secretToken: string): string {
  const plainToken = payload?.plainToken ?? ''
  const encryptedToken = createHmac('sha256', secretToken).update(plainToken).digest('hex')
  return JSON.stringify({ plainToken, encryptedToken })
}

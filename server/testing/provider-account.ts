import { sql } from 'kysely'
import type { TestServer } from './build.ts'

/** Does something at the provider that nobody told the server of. */
export async function atProvider(
  { deps: { config } }: TestServer,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  form?: Record<string, string>
): Promise<Record<string, unknown>> {
  const { TWILIO_API_KEY: key, TWILIO_API_SECRET: secret } = config
  const answer = await fetch(`${config.TWILIO_BASE_URL}/${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` },
    ...(form && { body: new URLSearchParams(form) })
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

export async function aServiceAtProvider(server: TestServer): Promise<string> {
  const path = 'messaging.twilio.com/v1/Services'
  return String((await atProvider(server, 'POST', path, { FriendlyName: 'Another' }))['sid'])
}

/** A number that somebody bought in the provider's own console. */
export async function aNumberAtProvider(
  server: TestServer,
  serviceSid: string,
  settings: Record<string, string> = {}
): Promise<{ number: string; sid: string }> {
  const account = `api.twilio.com/2010-04-01/Accounts/${server.deps.config.TWILIO_ACCOUNT_SID}`
  const bought = await atProvider(server, 'POST', `${account}/IncomingPhoneNumbers.json`, {
    AreaCode: '601',
    ...settings
  })
  const sid = String(bought['sid'])
  await server.deps.numbers.addToService(serviceSid, sid)
  return { number: String(bought['phone_number']), sid }
}

export const releaseAtProvider = (server: TestServer, sid: string) =>
  atProvider(
    server,
    'DELETE',
    `api.twilio.com/2010-04-01/Accounts/${server.deps.config.TWILIO_ACCOUNT_SID}/IncomingPhoneNumbers/${sid}.json`
  )

/** Which numbers the provider has in a service. */
export async function poolOf(server: TestServer, serviceSid: string): Promise<string[]> {
  const members = (await server.deps.numbers.membersOf(serviceSid)) ?? []
  return members.map(({ number }) => number).toSorted()
}

/** Which numbers a service has here, by its uuid. */
export async function numbersHere(server: TestServer, uuid: string): Promise<string[]> {
  const { rows } = await sql<{ number: string }>`select n.number from provider_numbers n
    join messaging_services s on s.id = n.messaging_service_id where s.uuid = ${uuid}
    order by n.number`.execute(server.deps.database.sql)
  return rows.map(({ number }) => number)
}

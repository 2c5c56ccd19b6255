import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { TestServer } from './build.ts'
import { textsAtProvider } from './messages.ts'

/** What tests of announcements ask of the world. */

/** Numbers that announcements go out from, beside the development numbers; the mock owns them too. */
export async function anAnnouncementPool(
  server: TestServer,
  rates: readonly number[]
): Promise<string[]> {
  const world = server.mock.world()
  const numbers = rates.map((_, place) => `+1601555020${place}`)
  const service = [...world.services.values()][0]
  assert.ok(service)
  for (const [place, number] of numbers.entries()) {
    const owned = world.addNumber({
      phone_number: number,
      sid: `PN0000000000000000000000000000010${place}`,
      sms_url: `${server.url}/api/v1/twilio_announcements/inbound`
    })
    owned.serviceSid = service.sid
    service.pool.push({ number: owned, joinedAt: world.now() })
    await sql`insert into provider_numbers (messaging_service_id, number, sid, announcement_number, number_type,
        messages_per_second, next_slot_at, next_send_at, created_at)
      values (1, ${number}, ${owned.sid}, ${server.deps.database.dialect === 'postgresql' ? true : 1},
        'long_code', ${rates[place]}, 0, 0, 0)`.execute(server.deps.database.sql)
  }
  return numbers
}

export const announcement = (fields: object) => ({
  announcement: {
    client_announcement_id: 'snow-day',
    global_customer_id: 'local-district',
    type: 'sms',
    body: 'School is closed today.',
    ...fields
  }
})

export const family = (index: number): string => `+1601557${String(index).padStart(4, '0')}`

export const families = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => family(index))

/** When each text reached the provider, by the number that it came from. */
export function arrivals(server: TestServer): Map<string, number[]> {
  const created = server.mock
    .world()
    .journal.list({ match: { kind: 'message.created', direction: 'outbound-api' }, limit: 100_000 })
  const times = new Map<string, number[]>()
  for (const { from, at } of created)
    times.set(String(from), [...(times.get(String(from)) ?? []), at])
  return times
}

export const receiversOf = (server: TestServer): string[] =>
  textsAtProvider(server)
    .map(({ to }) => to)
    .toSorted()

export const readAnnouncement = async (server: TestServer, id = 'snow-day') =>
  (await server.request('GET', `/announcements/${id}`)).body

export const announce = (server: TestServer, fields: object, query = '') =>
  server.request('POST', `/announcements${query}`, { body: announcement(fields) })

/** The most of these times that lie within one second. */
export function mostInASecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  let most = 0
  for (let first = 0, next = 0; next < sorted.length; next++) {
    while ((sorted[next] ?? 0) - (sorted[first] ?? 0) >= 1_000) first++
    most = Math.max(most, next - first + 1)
  }
  return most
}

import assert from 'node:assert/strict'
import { phone } from '../../mock-twilio/testing/phone.ts'
import type { CallRecord } from '../../mock-twilio/voice/call-record.ts'
import type { CallHabits } from '../../mock-twilio/carrier/persona.ts'
import { parentNumber, secondNumber, type TestServer } from './build.ts'

/** What tests of calls ask of the world: who was called, what was heard, what was told. */

/** The payloads of the events of a type, in the order of their arrival. */
export const eventsOf = (server: TestServer, type: string) =>
  server.clientApp.events
    .filter(event => event.type === type && event.answered < 300)
    .map(({ payload }) => payload)

/** The calls that the provider has, oldest first. */
export const callsAtProvider = ({ mock }: TestServer): CallRecord[] => [...mock.world().calls.all()]

/** What a person hears, and what is played to them, in order. */
export const wordsHeard = (server: TestServer, number: string): string[] =>
  phone(server.mock, number)
    .conversation()
    .filter(({ direction }) => direction === 'heard')
    .map(({ body, media }) => media[0] ?? body)

/** What somebody does in calls from now on. */
export function person(server: TestServer, number: string, habits: CallHabits): void {
  server.mock.world().handsets.changeCalls(number, habits)
}

/** A pairing of the parent and our second number, as a text makes it. */
export async function aPairing(server: TestServer, fields: object = {}): Promise<void> {
  const { status } = await server.sendMessage({
    sender_number: secondNumber,
    client_conversation_id: 'class-4b',
    ...fields
  })
  assert.equal(status, 201)
  await server.advance('10 s')
}

/** The parent calls our second number. */
export async function parentCalls(
  server: TestServer,
  number: string = parentNumber
): Promise<string> {
  return phone(server.mock, number).calls(secondNumber)
}

/** Every leg at the provider is over. */
export function assertNobodyIsOnTheLine(server: TestServer): void {
  const open = callsAtProvider(server)
    .filter(({ status }) => ['queued', 'ringing', 'in-progress'].includes(status))
    .map(({ sid, to, status }) => `${sid} to ${to}: ${status}`)
  assert.deepEqual(open, [])
}

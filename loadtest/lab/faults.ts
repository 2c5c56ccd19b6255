import { request } from 'undici'
import type { System } from './system.ts'

/** Tells mock-twilio what goes wrong from now on. */
export async function addFaults(system: System, faults: readonly object[]): Promise<void> {
  for (const fault of faults) {
    const answer = await request(`${system.mockUrl}/_mock/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault)
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`The mock refused a fault: ${text}`)
  }
}

/** How often each fault took effect. */
export async function faultsApplied(system: System): Promise<number[]> {
  const answer = await request(`${system.mockUrl}/_mock/faults`)
  const listed = (await answer.body.json()) as
    | { applied: number }[]
    | { faults: { applied: number }[] }
  return (Array.isArray(listed) ? listed : listed.faults).map(({ applied }) => applied)
}

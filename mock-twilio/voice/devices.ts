import type { World } from '../world.ts'
import { readAccessToken, type VoiceGrant } from './access-token.ts'

/** A browser or an app that has signed in with an access token, as a Voice SDK does. */
export interface DeviceRecord extends VoiceGrant {
  /** `client:` and the identity. */
  party: string
  registeredAt: number
}

/** Throws Twilio's refusal of the token. Who signs in again has the new token. */
export function register(world: World, token: string): DeviceRecord {
  const grant = readAccessToken(world, token)
  const party = `client:${grant.identity}`
  const device = { ...grant, party, registeredAt: world.now() }
  world.devices.set(party, device)
  world.journal.append({ kind: 'client.registered', number: party })
  return device
}

/** Whether there was one. */
export function unregister(world: World, party: string): boolean {
  const was = world.devices.delete(party)
  if (was) world.journal.append({ kind: 'client.gone', number: party })
  return was
}

/** When its token is over, nobody reaches it any more. */
export function isRegistered(world: World, party: string): boolean {
  const device = world.devices.get(party)
  return device !== undefined && device.isReachable && device.expiresAt > world.now()
}

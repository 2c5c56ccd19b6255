import { rfc2822 } from '../../dates.ts'
import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'

const mostSeconds = 86_400

/** Credentials for Twilio's relays, as browsers want them. They open nothing here. */
export const createToken: Operation = {
  name: 'create-token',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Tokens.json',
  status: 201,
  isForMainKeys: true,
  handle: ({ world, form }) => {
    const ttl = text(form, 'Ttl') || String(mostSeconds)
    // The upper bound is ours: Twilio documents the default alone.
    if (!/^\d{1,6}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > mostSeconds) {
      throw refusal(20001, `Ttl is a whole number of seconds from 1 to ${mostSeconds}, got ${ttl}`)
    }
    const username = world.ids.secret() + world.ids.secret()
    const credential = world.ids.secret()
    const now = rfc2822(world.now())
    const relay = (url: string) => ({ url, urls: url, username, credential })
    const stun = 'stun:global.stun.twilio.com:3478'
    return {
      account_sid: world.accountSid,
      date_created: now,
      date_updated: now,
      ice_servers: [
        { url: stun, urls: stun },
        relay('turn:global.turn.twilio.com:3478?transport=udp'),
        relay('turn:global.turn.twilio.com:3478?transport=tcp'),
        relay('turn:global.turn.twilio.com:443?transport=tcp')
      ],
      password: credential,
      ttl: String(Number(ttl)),
      username
    }
  }
}

/*
 * Who sends to whom and when. Every number sends at its own rate, in segments a second; a recipient always
 * hears the same number; who hears one for the first time gets the number that is free first.
 */

export interface Sender {
  readonly number: string
  /** Segments a second. */
  readonly rate: number
  /** When it has room for one more; a fast number has room several times in a millisecond. */
  nextSlotAt: number
}

export interface PlannedSend {
  sender: Sender
  dueAt: number
}

/**
 * Gives a text its sender and its time, and moves the sender's next slot behind it.
 *
 * @param notBefore when the first text may go out
 * @param sticky the number that the recipient knows
 */
export function planSend(
  senders: readonly Sender[],
  segments: number,
  notBefore: number,
  sticky: string | undefined
): PlannedSend {
  const sender = senders.find(({ number }) => number === sticky) ?? freeFirst(senders)
  const slot = Math.max(sender.nextSlotAt, notBefore)
  sender.nextSlotAt = slot + sendingTimeMs(segments, sender.rate)
  return { sender, dueAt: Math.ceil(slot) }
}

/** How long a number is busy with so many segments. */
export const sendingTimeMs = (segments: number, rate: number): number => (segments * 1_000) / rate

function freeFirst(senders: readonly Sender[]): Sender {
  const [first, ...others] = senders
  if (!first) throw new Error('An announcement is planned without a number to send it from')
  let chosen = first
  for (const sender of others) if (sender.nextSlotAt < chosen.nextSlotAt) chosen = sender
  return chosen
}

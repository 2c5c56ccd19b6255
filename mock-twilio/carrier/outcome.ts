/** What a handset makes of a message. `sent` is the carrier that never sends a delivery receipt. */
export interface HandsetOutcome {
  status: 'delivered' | 'undelivered' | 'failed' | 'sent'
  errorCode?: number
  /** From the carrier's taking it to the delivery receipt; what is usual when absent. */
  afterMs?: number
  /** When the person sees it, where that is not the moment of the receipt. */
  reachedAfterMs?: number
}

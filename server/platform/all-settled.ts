/**
 * Waits for all before it passes a failure on: whoever handles a batch then sees which of its entries are
 * settled and which are not.
 */
export async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work)
  const failure = results.find(result => result.status === 'rejected')
  if (failure) throw failure.reason
}

import { createHash } from 'node:crypto'

/**
 * Stands in the summary of a ticket, so that it is found again. The summary is the one field that surely is writable, listed and
 * searched in every HaloPSA.
 */
export type TicketMark = {
  /** What is written: `[cw-3f9a2c81d0] [cw-7b1e4f]`. */
  readonly text: string
  /** What HaloPSA is asked for: the first part, so that one request finds what there is of the key, whichever workflow opened it. */
  readonly searched: string
  /** Whether a ticket with this summary is one of the subject. */
  isIn(summary: string): boolean
}

/** The length of the second part tells it from the first. */
const anyWorkflow = /\[cw-[0-9a-f]{6}\]/

/**
 * The mark of a subject: first of the client and the key, then of the workflow. Tickets from before had the first part alone. They are of every
 * workflow that has the key, so that none opens a second one beside them. Outside of workflows there is no second part either.
 */
export function ticketMark({ clientId, key, workflow }: { clientId: number; key: string; workflow: string | undefined }): TicketMark {
  const searched = `[cw-${hash(`${clientId}\n${key}`, 10)}]`
  const own = workflow === undefined ? undefined : `[cw-${hash(workflow, 6)}]`
  return {
    text: own === undefined ? searched : `${searched} ${own}`,
    searched,
    isIn: (summary) => summary.includes(searched) && (!anyWorkflow.test(summary) || (own !== undefined && summary.includes(own))),
  }
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}

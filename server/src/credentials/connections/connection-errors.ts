import { defineErrors } from '../../platform/errors.ts'

export const connectionError = defineErrors({
  connection_not_found: { status: 404, message: 'There is no such connection.' },
  connection_not_declared: { status: 404, message: 'The integration declares no connection of that name. See details for those it has.' },
  connection_link_invalid: {
    status: 410,
    message: 'This link to connect was used already or has expired. Ask for a new one where you got it.',
  },
  connection_not_begun: {
    status: 400,
    message: 'This browser did not begin to connect, or it was more than ten minutes ago. Begin again on the page of the integration.',
  },
  connection_refused: { status: 409, message: 'The vendor did not connect. See details for what it said, and try again.' },
})

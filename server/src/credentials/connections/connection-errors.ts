import { defineErrors } from '../../platform/errors.ts'

export const connectionError = defineErrors({
  connection_not_found: { status: 404, message: 'There is no such connection.', hidesOthers: true },
  connection_not_declared: { status: 404, message: 'The integration declares no connection of that name. See details for those it has.' },
  connection_link_not_found: { status: 404, message: 'There is no such link to connect, or it has ended.', hidesOthers: true },
  connection_link_invalid: {
    status: 410,
    message: 'This link to connect is not known: it was cut short, or it ended long ago. Ask for a new one where you got it.',
  },
  connection_link_used: {
    status: 410,
    message:
      'Somebody has connected already, so this link is over. If it was not you, or it has to be connected again, ask for a new one where you got it.',
  },
  connection_link_expired: { status: 410, message: 'This link to connect has expired. Ask for a new one where you got it.' },
  connection_link_revoked: {
    status: 410,
    message: 'This link to connect was revoked. If you still want to connect, ask for a new one where you got it.',
  },
  connection_link_not_opened: {
    status: 400,
    message:
      'This browser has not opened the link itself, or it keeps no cookies. Open the link as you got it, and allow cookies for this address.',
  },
  connection_not_begun: {
    status: 400,
    message: 'This browser did not begin to connect, or it was more than ten minutes ago. Begin again on the page of the integration.',
  },
  connection_refused: { status: 409, message: 'The vendor did not connect. See details for what it said, and try again.' },
})

import { defineErrors } from '../platform/errors.ts'

export const approvalError = defineErrors({
  approval_not_found: { status: 404, message: 'There is no such approval for you. It may be too old to be kept.', hidesOthers: true },
  approval_decided: {
    status: 409,
    message: 'The approval was decided otherwise before. See details for by whom and when; a decision is not taken back.',
  },
  approval_expired: { status: 409, message: 'Nobody decided in time, so the approval has expired. Run the workflow again to ask again.' },
  approval_closed: { status: 409, message: 'The execution that asked has ended, so there is nothing to decide any more.' },
  approval_own_request: {
    status: 403,
    message: 'You started this execution, or the one that it continues, so somebody else has to decide. Ask one of those who may.',
  },
  approval_not_asked: {
    status: 403,
    message: 'The workflow asks others to decide this. See details for whom; one of them has to.',
  },
  approval_role_unknown: {
    status: 400,
    message: 'No role of that name gives canApprove, so nobody could decide. See details for which, and for the roles that do.',
  },
  too_many_approvals: {
    status: 409,
    message:
      'An execution may have 20 approvals open at once, and ask for 200 in all. Ask for several things in one approval, with its details.',
  },
})

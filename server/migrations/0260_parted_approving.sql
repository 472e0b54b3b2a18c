-- Approving is no part of running workflows any more (`server/src/access/permissions.ts`). Roles of one's own keep what they gave.
update roles set permissions = permissions || '{canApprove}'::text[], updated_at = now()
where 'canExecuteWorkflows' = any (permissions) and not 'canApprove' = any (permissions);

import type { Attention } from '@crosswalk/client'
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import { approvalsForMe } from '../queries/approvals.ts'
import { AttentionPanel, Item, shown } from './attention-panels.tsx'

/** What workflows wait for: decisions of the one who is signed in, and such as nobody can give any more. */
export function ApprovalsPanel({ approvals }: { approvals: NonNullable<Attention['approvals']> }) {
  const { for_you: forYou, undecidable } = approvals
  const { data } = useQuery({ ...approvalsForMe, enabled: forYou > 0 })
  return (
    <AttentionPanel title="Approvals" count={(forYou + undecidable.length).toLocaleString()} all={paths.approvals({ view: 'open' })}>
      {data?.approvals.slice(0, shown).map(({ id, title, created_at, requested_by, org_name }) => (
        <Item key={id} time={created_at} link={<AppLink to={paths.approvals()}>{title}</AppLink>}>
          {requested_by.name} asks for {org_name ?? 'an organization'}.
        </Item>
      ))}
      {undecidable.slice(0, shown).map(({ id, title, execution_id }) => (
        <Item key={`nobody ${id}`} link={<AppLink to={paths.execution(execution_id)}>{title}</AppLink>}>
          <Text span inherit>
            No person may decide it. Give one of those who are asked the permission to approve, or cancel the execution.
          </Text>
        </Item>
      ))}
    </AttentionPanel>
  )
}

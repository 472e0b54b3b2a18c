import type { Attention } from '@crosswalk/client'
import { Group, SimpleGrid, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { useMay } from '../parts/grants/use-may.ts'
import { paths } from '../paths.ts'
import { attentionNeeded } from '../queries/attention.ts'
import { workspaceState } from '../queries/workspace.ts'
import { ApprovalsPanel } from './approvals-panel.tsx'
import {
  ExpiringSecretsPanel,
  FailedDiscoveriesPanel,
  FailedExecutionsPanel,
  FailingTestsPanel,
  MappingsPanel,
  MissingCredentialsPanel,
} from './attention-panels.tsx'
import { RepairsPanel } from './repairs-panel.tsx'
import { WorkspaceNotice } from './workspace-notice.tsx'

/** A number that may be larger where counting ended. */
export function countText(count: number, countedTo: number): string {
  return count >= countedTo ? `${countedTo.toLocaleString()}+` : count.toLocaleString()
}

/**
 * What an administrator has to look at, with the way to where it is mended; nothing of it where all is well.
 * On a fresh installation the first steps say already that credentials are missing.
 */
export function AttentionSection({ isFresh }: { isFresh: boolean }) {
  const { data, error, refetch, isFetching } = useQuery(attentionNeeded)
  const maySeeWorkspace = useMay('canViewCatalogue')
  const { data: workspace } = useQuery({ ...workspaceState, enabled: maySeeWorkspace })
  const state = (
    <LoadState
      query={{ data, error, refetch, isFetching }}
      label="Loading what needs attention"
      failed="What needs attention could not be loaded"
      rows={3}
      stale="This may be out of date"
    />
  )
  if (!data) return state
  const failed = data.failed_executions?.count ?? 0
  const openApprovals = data.approvals
  const asked = openApprovals ? openApprovals.for_you + openApprovals.undecidable.length : 0
  const { failed_discoveries: discoveries, expiring_secrets: expiring } = data
  const missing = isFresh ? [] : data.missing_credentials
  const [failing, repairs, gone, renamed] = [data.failing_test, data.needs_repair, data.gone, data.renamed].map((count) => count ?? 0) as [
    number,
    number,
    number,
    number,
  ] // as many as were asked for
  const isCalm = failing + repairs + gone + renamed + missing.length + discoveries.length + expiring.length + failed + asked === 0
  const isLoaded = workspace ? workspace.problems.length === 0 && workspace.not_loaded.length === 0 : !maySeeWorkspace
  const text = (count: number) => countText(count, data.counted_to)
  return (
    <Stack component="section" aria-label="Needs attention">
      {state}
      {workspace && <WorkspaceNotice workspace={workspace} />}
      {isCalm && isLoaded && data.missing_credentials.length === 0 && <Calm attention={data} />}
      {!isCalm && (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          {openApprovals && asked > 0 && <ApprovalsPanel approvals={openApprovals} />}
          {failing > 0 && <FailingTestsPanel count={text(failing)} />}
          {repairs > 0 && <RepairsPanel count={text(repairs)} />}
          {gone > 0 && <MappingsPanel attention="gone" title="Gone from the vendor" count={text(gone)} />}
          {renamed > 0 && <MappingsPanel attention="renamed" title="Renamed by the vendor" count={text(renamed)} />}
          {failed > 0 && <FailedExecutionsPanel count={text(failed)} />}
          {discoveries.length > 0 && <FailedDiscoveriesPanel discoveries={discoveries} />}
          {expiring.length > 0 && <ExpiringSecretsPanel secrets={expiring} />}
          {missing.length > 0 && <MissingCredentialsPanel integrations={missing} />}
        </SimpleGrid>
      )}
      <NeverTested attention={data} />
    </Stack>
  )
}

/** What is well: what somebody may see, and no more. */
function calmText({ failing_test, failed_executions, approvals }: Attention): string {
  if (failing_test === null && failed_executions !== null) return 'No workflow failed in the last 24 hours.'
  if (failing_test === null) return approvals === null ? 'No secret expires soon.' : 'Nothing waits for your approval.'
  const workflow = failed_executions === null ? '' : 'workflow or '
  return `No test fails, no mapping needs repair, no external organization is gone or renamed, no ${workflow}discovery failed, and no credentials are missing.`
}

function Calm({ attention }: { attention: Attention }) {
  return (
    <Group className="panel" p="md" gap="md" wrap="nowrap">
      <ThemeIcon size={40} radius="xl" variant="light" color="green" aria-hidden>
        <IconCircleCheck />
      </ThemeIcon>
      <div>
        <Text fw={600}>Nothing needs attention</Text>
        <Text size="sm" c="dimmed">
          {calmText(attention)}
        </Text>
      </div>
    </Group>
  )
}

function NeverTested({ attention }: { attention: Attention }) {
  const { never_tested: count, counted_to: countedTo } = attention
  if (count === null || count === 0) return null
  return (
    <AppLink to={paths.mappings({ attention: 'never_tested' })} fz="sm">
      {countText(count, countedTo)} {count === 1 ? 'mapping was' : 'mappings were'} never tested
    </AppLink>
  )
}

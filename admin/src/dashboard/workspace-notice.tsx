import { removeDefinition, type Workspace } from '@crosswalk/client'
import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconFileAlert } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { schedulesKey } from '../queries/schedules.ts'
import { workspaceState } from '../queries/workspace.ts'

type NotLoaded = Workspace['not_loaded'][number]

const kinds = { integration: 'integration', workflow: 'workflow', data_provider: 'data provider' } as const

/** Files with problems, and what was there and does not load any more; nothing where all loads. */
export function WorkspaceNotice({ workspace: { problems, not_loaded: missing, loaded } }: { workspace: Workspace }) {
  if (problems.length + missing.length === 0) return null
  const isWarning = missing.length === 0 && problems.every((problem) => problem.is_warning)
  return (
    <Alert color={isWarning ? 'yellow' : 'red'} variant="light" icon={<IconFileAlert />} title={titleOf({ problems, missing, loaded })}>
      <Stack gap="sm">
        {problems.map(({ kind, file, reason, since }) => (
          <div key={`${kind} ${file} ${reason}`}>
            <Group gap="xs">
              <Code>{file}</Code>
              <Text size="sm" c="dimmed">
                since <RelativeTime at={since} />
              </Text>
            </Group>
            <Text size="sm" className="wrap-anywhere" style={{ whiteSpace: 'pre-wrap' }}>
              {reason}
            </Text>
          </div>
        ))}
        {missing.length > 0 && (
          <div>
            <Text size="sm">These were there before and do not run until they load again. Their schedules and mappings are kept.</Text>
            <Stack component="ul" gap="xs" mt="xs" mb={0} pl={0} style={{ listStyle: 'none' }} aria-label="Not loaded">
              {missing.map((definition) => (
                <NotLoadedRow key={`${definition.kind} ${definition.name}`} definition={definition} />
              ))}
            </Stack>
          </div>
        )}
      </Stack>
    </Alert>
  )
}

function titleOf({ problems, missing, loaded }: { problems: Workspace['problems']; missing: NotLoaded[]; loaded: number }): string {
  if (loaded === 0 && missing.length > 0) return 'Nothing of the workspace loads'
  const files = new Set(problems.map(({ file }) => file)).size
  if (files === 0)
    return missing.length === 1 ? 'A definition does not load any more' : `${missing.length} definitions do not load any more`
  return files === 1 ? 'A file of the workspace has a problem' : `${files} files of the workspace have problems`
}

function NotLoadedRow({ definition: { kind, name, file, since } }: { definition: NotLoaded }) {
  const client = useQueryClient()
  const removal = useMutation({
    mutationFn: () => removeDefinition(kind, name),
    onSuccess: () => notifyDone(`The ${kinds[kind]} ${name} is removed.`),
    onError: (error) => notifyFailure(`The ${kinds[kind]} ${name} could not be removed`, error),
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: workspaceState.queryKey }), client.invalidateQueries({ queryKey: schedulesKey })]),
  })
  async function ask() {
    const isSure = await askToConfirm({
      title: `Remove the ${kinds[kind]} ${name}?`,
      text: `Do this if it is gone for good. ${kind === 'workflow' ? 'Its schedule does not run any more. ' : ''}What ran stays in the history. It comes back when a file defines it again.`,
      confirm: 'Remove',
      isDangerous: true,
    })
    if (isSure) removal.mutate()
  }
  return (
    <Group component="li" gap="xs" justify="space-between">
      <Text size="sm" className="wrap-anywhere">
        {kinds[kind]} <Code>{name}</Code> of <Code>{file}</Code>, since <RelativeTime at={since} />
      </Text>
      <Button size="xs" variant="default" loading={removal.isPending} onClick={ask} aria-label={`Remove ${name}`}>
        Remove…
      </Button>
    </Group>
  )
}

import { cancelExecution, type ExecutionDetail, retryExecution } from '@crosswalk/client'
import { Button, Group, Tooltip } from '@mantine/core'
import { IconPlayerStop, IconPlayerTrackNext, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { paths } from '../paths.ts'
import { executionsKey, isUnderWay } from '../queries/executions.ts'
import { startWorkflow } from '../queries/workflows.ts'
import { useGo } from '../url-state.ts'

/** Cancelling what runs, and running again what has ended. */
export function ExecutionActions({ execution }: { execution: ExecutionDetail }) {
  const { execution_id: id, status, kind, workflow_name: name, org_id: orgId } = execution
  const queries = useQueryClient()
  const go = useGo()
  const refresh = () => queries.invalidateQueries({ queryKey: executionsKey })
  const cancelling = useMutation({
    mutationFn: () => cancelExecution(id),
    async onSuccess() {
      await refresh()
      notifyDone('Cancelling…')
    },
    onError: (error) => notifyFailure('It was not cancelled', error),
  })
  const repeating = useMutation({
    mutationFn: () => startWorkflow(name, orgId ?? '', execution.parameters),
    onSuccess(nextId) {
      void refresh()
      notifyDone('Running again. This is the new execution.')
      go(paths.execution(nextId))
    },
    onError: (error) => notifyFailure('It was not run again', error),
  })
  const retrying = useMutation({
    mutationFn: () => retryExecution(id),
    onSuccess(next) {
      void refresh()
      notifyDone('Retrying. This is the new execution. Its log says which step it starts from.')
      go(paths.execution(next.execution_id))
    },
    onError: (error) => notifyFailure('It was not retried', error),
  })
  const lack = useLack('canRunWorkflows', orgId ?? undefined, kind === 'workflow' ? { workflow: name } : {})
  const hasFailed = status === 'failed' || status === 'timeout'
  const repeat = async () => {
    const text = 'It starts from the beginning: what its first steps did already is done a second time.'
    const question = { title: 'Run it again from the start?', text, confirm: 'Run again', cancel: 'Cancel' }
    if (!hasFailed || (await askToConfirm(question))) repeating.mutate()
  }
  const cancel = async () => {
    const text = 'What it has done already stays done. It ends within seconds.'
    if (await askToConfirm({ title: 'Cancel this execution?', text, confirm: 'Cancel it', cancel: 'Let it run', isDangerous: true }))
      cancelling.mutate()
  }
  if (isUnderWay(status)) {
    return (
      <ActionButton
        variant="default"
        leftSection={<IconPlayerStop size={16} />}
        reason={lack}
        onClick={cancel}
        loading={cancelling.isPending}
        disabled={status === 'cancelling'}
      >
        {status === 'cancelling' ? 'Cancelling…' : 'Cancel'}
      </ActionButton>
    )
  }
  if (kind !== 'workflow') {
    return (
      <Tooltip label="Only workflows are run again from here: a discovery or a test is started where it belongs.">
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          data-disabled
          aria-disabled
          onClick={(event) => event.preventDefault()}
        >
          Run again
        </Button>
      </Tooltip>
    )
  }
  return (
    <Group gap="sm">
      <Button variant="default" onClick={() => go(paths.workflow(name, { from: id, ...(orgId ? { org: orgId } : {}) }))}>
        Run with changes
      </Button>
      <ActionButton
        variant={hasFailed ? 'default' : 'filled'}
        leftSection={<IconRefresh size={16} />}
        reason={lack}
        onClick={repeat}
        loading={repeating.isPending}
      >
        Run again
      </ActionButton>
      {hasFailed && (
        <Tooltip
          label={
            lack ??
            (execution.retried_as
              ? 'It was retried already. Retry that execution instead.'
              : 'Steps before the failed one are not repeated.')
          }
        >
          <Button
            leftSection={<IconPlayerTrackNext size={16} />}
            {...(lack !== undefined || execution.retried_as
              ? { 'data-disabled': true, 'aria-disabled': true, onClick: (event) => event.preventDefault() }
              : { onClick: () => retrying.mutate() })}
            loading={retrying.isPending}
          >
            Retry from the failed step
          </Button>
        </Tooltip>
      )}
    </Group>
  )
}

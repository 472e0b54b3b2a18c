import { resetSchedule, runSchedule, type Schedule, setSchedule } from '@crosswalk/client'
import { ActionIcon, Group, Menu, Text, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconDots, IconPencil, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { useSelectionWords } from '../parts/pickers/selection-words.tsx'
import { workName } from '../parts/work-name.ts'
import { paths } from '../paths.ts'
import { schedulesKey } from '../queries/schedules.ts'
import { useGo } from '../url-state.ts'
import { declaredWords } from './declared-words.ts'

/** Why there is nothing to take back. */
function whyNoReset({ is_changed, is_built_in }: Schedule): string | undefined {
  if (is_changed) return undefined
  return is_built_in ? 'It is the built-in schedule already.' : 'It is the declared schedule already.'
}

function useScheduleActions(schedule: Schedule) {
  const { workflow_name: name, is_paused: isPaused, is_declared: isDeclared } = schedule
  const title = workName(name)
  const queries = useQueryClient()
  const go = useGo()
  const refresh = () => queries.invalidateQueries({ queryKey: schedulesKey })
  const running = useMutation({
    mutationFn: () => runSchedule(name),
    onSuccess(begun) {
      void refresh()
      if ('batch_id' in begun) return go(paths.batch(begun.batch_id))
      if (begun.discoveries === 0) return notifyDone('There is nothing to discover: no integration has its credentials set.')
      notifyDone(begun.discoveries === 1 ? '1 discovery started.' : `${begun.discoveries.toLocaleString()} discoveries started.`)
      go(paths.executions({ kind: 'discovery' }))
    },
    onError: (error) => notifyFailure(`${title} was not started`, error),
  })
  const pausing = useMutation({
    mutationFn: () => setSchedule(name, { is_paused: !isPaused }),
    async onSuccess(next) {
      await refresh()
      notifyDone(next.is_paused ? `${title} is paused: it does not run by schedule.` : `${title} runs again at its next time.`)
    },
    onError: (error) => notifyFailure(isPaused ? `${title} is still paused` : `${title} was not paused`, error),
  })
  const resetting = useMutation({
    mutationFn: () => resetSchedule(name),
    async onSuccess() {
      await refresh()
      notifyDone(isDeclared ? `${title} has its declared schedule again.` : `${title} has no schedule any more.`)
    },
    onError: (error) => notifyFailure('Nothing was reset', error),
  })
  return { running, pausing, resetting }
}

/** Running it now, changing it, holding it, and taking back what was set. */
export function ScheduleActions({ schedule, onEdit }: { schedule: Schedule; onEdit: () => void }) {
  const { workflow_name: name, is_paused: isPaused, declared, is_built_in: isBuiltIn, organizations } = schedule
  const { running, pausing, resetting } = useScheduleActions(schedule)
  const title = workName(name)
  const lack = useLack('canManageSchedules', undefined, { workflow: name })
  const whom = useSelectionWords(organizations)
  const run = async () => {
    const text = `${isPaused ? 'It stays paused after that. ' : ''}It runs once, for ${whom}, in addition to its usual times.`
    if (await askToConfirm({ title: `Run ${title} now?`, text, confirm: 'Run now' })) running.mutate()
  }
  const reset = async () => {
    if (await askToConfirm(resetQuestion())) resetting.mutate()
  }
  const resetQuestion = () => {
    if (!declared) {
      const text = `${title} has a schedule only because it was set here. Without it, it runs only when someone starts it.`
      return { title: 'Remove this schedule?', text, confirm: 'Remove it', isDangerous: true }
    }
    const lost = 'What was set here is lost, and it is not paused any more.'
    const words = declaredWords(declared)
    if (isBuiltIn) return { title: 'Reset to the built-in schedule?', text: `Crosswalk declares: ${words}. ${lost}`, confirm: 'Reset' }
    return { title: 'Reset to the declared schedule?', text: `Its author declared: ${words}. ${lost}`, confirm: 'Reset' }
  }
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <ActionButton
        reason={lack}
        size="compact-sm"
        variant="default"
        leftSection={<IconPlayerPlay size={14} />}
        onClick={run}
        loading={running.isPending}
        aria-label={`Run now: ${title}`}
        visibleFrom="sm"
      >
        Run now
      </ActionButton>
      <Tooltip label={lack ?? 'Run now'} events={{ hover: true, focus: true, touch: true }} multiline maw={320}>
        <ActionIcon
          variant="default"
          size={26}
          onClick={lack === undefined ? run : undefined}
          {...(lack === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true })}
          loading={running.isPending}
          aria-label={`Run now: ${title}`}
          hiddenFrom="sm"
        >
          <IconPlayerPlay size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Edit">
        <ActionIcon variant="default" size={26} onClick={onEdit} aria-label={`Edit the schedule of ${title}`}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <ActionIcon variant="default" size={26} aria-label={`More for ${title}`} loading={pausing.isPending || resetting.isPending}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ReasonedItem
            icon={isPaused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
            label={isPaused ? 'Resume' : 'Pause'}
            reason={lack}
            onClick={() => pausing.mutate()}
          >
            {isPaused ? 'It runs again at its next time.' : 'No run starts until it is resumed; runs missed meanwhile do not run later.'}
          </ReasonedItem>
          <ReasonedItem
            icon={<IconArrowBackUp size={16} />}
            label={resetLabel(schedule)}
            reason={lack ?? whyNoReset(schedule)}
            onClick={reset}
          />
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

function resetLabel({ is_declared, is_built_in }: Schedule): string {
  if (!is_declared) return 'Remove the schedule'
  return is_built_in ? 'Reset to the built-in schedule' : 'Reset to the declared schedule'
}

type ReasonedItemProps = { icon: ReactNode; label: string; reason: string | undefined; onClick: () => void; children?: string }

/** An item of a menu that stays in its place and says why it is not possible now. */
function ReasonedItem({ icon, label, reason, onClick, children }: ReasonedItemProps) {
  const words = reason ?? children
  const taken =
    reason === undefined ? { onClick } : { 'aria-disabled': true, closeMenuOnClick: false, c: 'dimmed', style: { cursor: 'not-allowed' } }
  return (
    <Menu.Item leftSection={icon} {...taken}>
      {label}
      {words && (
        <Text size="xs" c="dimmed">
          {words}
        </Text>
      )}
    </Menu.Item>
  )
}

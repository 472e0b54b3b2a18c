import type { DiscoveredOrganizationsOrganizationsItem, ExternalOrganizationMapped } from '@crosswalk/client'
import { Badge } from '@mantine/core'
import { memo } from 'react'

export type Choice = DiscoveredOrganizationsOrganizationsItem
export const rowHeight = 60
/** On a phone what is known of it has a line of its own, and the name the width. */
export const narrowRowHeight = 80

/** The parts of the metadata that fit into a line. */
export function metadataText(metadata: Record<string, unknown>): string {
  const parts = Object.entries(metadata).filter(([, value]) => typeof value === 'string' || typeof value === 'number' || value === true)
  return parts
    .slice(0, 4)
    .map(([key, value]) => `${key}: ${value}`)
    .join(' · ')
}

type OptionProps = {
  id: string
  choice: Choice
  index: number
  count: number
  top: number
  height: number
  isChosen: boolean
  isActive: boolean
  holder: ExternalOrganizationMapped | undefined
  isLikely: boolean
  orgId: string
}

/** Of plain elements, and drawn again only when it changed: a key in the search is to be answered at once. */
export const ExternalOrganizationOption = memo(function ExternalOrganizationOption({
  id,
  choice,
  index,
  count,
  top,
  height,
  isChosen,
  isActive,
  holder,
  isLikely,
  orgId,
}: OptionProps) {
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={index + 1}
      data-index={index}
      data-active={isActive || undefined}
      className="choice"
      style={{ position: 'absolute', top: 0, height, transform: `translateY(${top}px)` }}
    >
      <div>
        <b>{choice.name}</b>
        <small>{[choice.id, metadataText(choice.metadata)].filter(Boolean).join(' · ')}</small>
      </div>
      {isLikely && !holder && (
        <Badge variant="light" color="green" tt="none" style={{ flexShrink: 0 }}>
          Likely
        </Badge>
      )}
      {holder && (
        <Badge
          variant="light"
          color={holder.org_id === orgId ? 'blue' : 'orange'}
          tt="none"
          style={{ flexShrink: 0, maxWidth: height === narrowRowHeight ? '100%' : 200 }}
        >
          {holder.org_id === orgId ? 'Mapped here' : `Mapped to ${holder.org_name}`}
        </Badge>
      )}
    </div>
  )
})

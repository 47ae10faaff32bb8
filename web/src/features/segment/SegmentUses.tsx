import { Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { StateChip } from '@/components/ui/Chip'
import { campaignStates } from '@/components/ui/status'

import type { SegmentUse } from './api'
import './segment.css'

/** The campaigns and segments that name a segment. Plain links: it also stands in dialogs outside the router. */
export function SegmentUses({ uses }: { uses: SegmentUse[] }) {
  const { t } = useTranslation()
  return (
    <ul className="plain-list">
      {uses.map((u) => {
        const state = campaignStates.find((s) => s === u.state)
        return (
          <li key={`${u.kind} ${u.id}`}>
            <Flex gap={8} wrap align="center">
              <span>{t(u.kind === 'campaign' ? 'segments.useCampaign' : 'segments.useSegment')}</span>
              <a href={`/${u.kind === 'campaign' ? 'campaigns' : 'segments'}/${u.id}`}>{u.name || `#${u.id}`}</a>
              {state && <StateChip state={state} />}
            </Flex>
          </li>
        )
      })}
    </ul>
  )
}

import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { StateChip } from '@/components/ui/Chip'
import { campaignStates } from '@/components/ui/status'

import type { TemplateUse } from './api'
import './template.css'

/** The campaigns that name a template. Plain links: it also stands in dialogs outside the router. */
export function Uses({ uses, count }: { uses: TemplateUse[]; count: number }) {
  const { t } = useTranslation()
  return (
    <ul className="template-list">
      {uses.map((u) => {
        const state = campaignStates.find((s) => s === u.state)
        return (
          <li key={u.campaign_id}>
            <Flex gap={8} wrap align="center">
              <a href={`/campaigns/${u.campaign_id}`}>{u.name || `#${u.campaign_id}`}</a>
              {state && <StateChip state={state} />}
            </Flex>
          </li>
        )
      })}
      {count > uses.length && (
        <li>
          <Typography.Text type="secondary">{t('templates.moreUses', { count: count - uses.length })}</Typography.Text>
        </li>
      )}
    </ul>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Button, Flex, theme } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type BulkForm, type ContactFilter, countQuery } from './api'
import { BulkDialog } from './BulkDialog'

/** Who is chosen: some people by id, or everybody whom the filter takes. */
export type Chosen = { all: true } | { all: false; ids: number[] }

interface BulkBarProps {
  chosen: Chosen
  filter: ContactFilter
  /** How many people stand on the page, so that choosing a whole page offers everybody. */
  onPage: number
  /** Whether there is more than this page. */
  more: boolean
  onChange: (chosen: Chosen) => void
}

/** What can be done with the chosen people. */
export function BulkBar({ chosen, filter, onPage, more, onChange }: BulkBarProps) {
  const { t } = useTranslation()
  const { token } = theme.useToken()
  const [action, setAction] = useState<BulkForm['action']>()
  const count = useQuery({
    ...countQuery(filter, chosen.all),
    enabled: chosen.all || (more && chosen.ids.length >= onPage),
  })
  const n = chosen.all ? (count.data?.n ?? 0) : chosen.ids.length
  if (!chosen.all && n === 0) return null
  const everybody = count.data && (count.data.exact ? count.data.n : undefined)
  return (
    <Flex
      gap={8}
      wrap
      align="center"
      className="contact-bar"
      style={{ background: token.colorBgElevated }}
      role="region"
      aria-label={t('contacts.bulk.title')}
    >
      <strong role="status">
        {chosen.all && count.isPending ? t('contacts.counting') : t('contacts.bulk.chosen', { count: n })}
      </strong>
      {!chosen.all && more && n >= onPage && (
        <Button
          type="link"
          size="small"
          onClick={() => {
            onChange({ all: true })
          }}
        >
          {everybody === undefined ? t('contacts.bulk.chooseAll') : t('contacts.bulk.chooseN', { count: everybody })}
        </Button>
      )}
      <Flex gap={8} wrap style={{ marginInlineStart: 'auto' }}>
        {(['tag', 'untag', 'list_add', 'list_remove'] as const).map((a) => (
          <Button
            key={a}
            size="small"
            disabled={chosen.all && !count.data}
            onClick={() => {
              setAction(a)
            }}
          >
            {t(`contacts.bulk.${a}`)}
          </Button>
        ))}
        <Button
          size="small"
          type="text"
          onClick={() => {
            onChange({ all: false, ids: [] })
          }}
        >
          {t('contacts.bulk.none')}
        </Button>
      </Flex>
      {action && (
        <BulkDialog
          action={action}
          people={n}
          who={chosen.all ? { filter } : { ids: chosen.ids }}
          onClose={() => {
            setAction(undefined)
          }}
          onDone={() => {
            onChange({ all: false, ids: [] })
          }}
        />
      )}
    </Flex>
  )
}

import { FilterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Drawer, Flex, Input, Select, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  type Condition,
  ConditionBuilder,
  ConditionPreview,
  everybody,
  isEverybody,
  useConditionProblems,
} from '@/components/condition'
import { summaryQuery } from '@/components/condition/api'

import { type ContactFilter, tagsQuery } from './api'

/** Search, tag and conditions of the list. */
export function ContactFilters(props: {
  filter: ContactFilter
  onChange: (f: ContactFilter) => void
  /** What can be done with the conditions, beside taking them away. */
  extra?: ReactNode
}) {
  const { filter, onChange, extra } = props
  const { t } = useTranslation()
  const tags = useQuery(tagsQuery)
  const [open, setOpen] = useState(false)
  return (
    <Flex vertical gap={8} style={{ marginBottom: 12 }}>
      <Flex gap={8} wrap>
        <Input.Search
          key={filter.search ?? ''}
          allowClear
          aria-label={t('contacts.search')}
          placeholder={t('contacts.search')}
          defaultValue={filter.search}
          style={{ flex: '1 1 260px', maxWidth: 420 }}
          onSearch={(search) => {
            onChange({ ...filter, search: search.trim() || undefined })
          }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('contacts.tag')}
          placeholder={t('contacts.tag')}
          style={{ flex: '0 1 200px', minWidth: 140 }}
          value={filter.tag}
          loading={tags.isPending}
          options={(tags.data ?? []).map((tag) => ({ value: tag.name, label: tag.name }))}
          onChange={(tag?: string) => {
            onChange({ ...filter, tag })
          }}
        />
        <Button
          icon={<FilterOutlined />}
          aria-haspopup="dialog"
          onClick={() => {
            setOpen(true)
          }}
        >
          {t('contacts.filter')}
        </Button>
      </Flex>
      {filter.condition && (
        <RuleInWords
          condition={filter.condition}
          extra={extra}
          onClear={() => {
            onChange({ ...filter, condition: undefined })
          }}
        />
      )}
      {open && (
        <RuleDrawer
          condition={filter.condition ?? everybody}
          onClose={() => {
            setOpen(false)
          }}
          onApply={(condition) => {
            setOpen(false)
            onChange({ ...filter, condition: isEverybody(condition) ? undefined : condition })
          }}
        />
      )}
    </Flex>
  )
}

function RuleInWords(props: { condition: Condition; extra?: ReactNode; onClear: () => void }) {
  const { condition, extra, onClear } = props
  const { t, i18n } = useTranslation()
  const summary = useQuery(summaryQuery(condition, i18n.language))
  return (
    <Alert
      type="info"
      title={
        <>
          <Typography.Text type="secondary">{t('contacts.filteredBy')}: </Typography.Text>
          {summary.data ?? (summary.isError ? t('contacts.filterBroken') : '…')}
        </>
      }
      action={
        <Flex gap={8} wrap justify="end">
          {extra}
          <Button size="small" onClick={onClear}>
            {t('contacts.filterClear')}
          </Button>
        </Flex>
      }
    />
  )
}

function RuleDrawer(props: { condition: Condition; onApply: (c: Condition) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [condition, setCondition] = useState(props.condition)
  const [shown, setShown] = useState(true)
  const problems = useConditionProblems(condition)
  return (
    <Drawer
      open={shown}
      title={t('contacts.filter')}
      size={760}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={() => {
        setShown(false)
      }}
      afterOpenChange={(open) => {
        if (!open) props.onClose()
      }}
      footer={
        <Flex gap={8} justify="end">
          <Button
            onClick={() => {
              setCondition(everybody)
            }}
          >
            {t('common.clearFilter')}
          </Button>
          <Button
            type="primary"
            disabled={problems.length > 0}
            onClick={() => {
              props.onApply(condition)
            }}
          >
            {t('contacts.apply')}
          </Button>
        </Flex>
      }
    >
      <Flex vertical gap={16}>
        <ConditionBuilder value={condition} onChange={setCondition} problems={problems} />
        <ConditionPreview condition={condition} />
      </Flex>
    </Drawer>
  )
}

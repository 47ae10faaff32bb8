import { ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Flex, Form, Radio, Select, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'

import { connectionsQuery } from '../api'
import type { EditorProps } from '../editors'
import { offerQuery } from './api'
import { type Offer, platforms, type SyncContent, withAccount } from './content'
import { Mapping } from './Mapping'

/** Chooses an account and says what is written there about each person. */
export function SyncEditor({ value, onChange, problems = {} }: EditorProps<SyncContent>) {
  const { t } = useTranslation()
  const connections = useQuery(connectionsQuery)
  if (connections.isPending) return <Loading />
  if (connections.isError) return <Failure error={connections.error} retry={() => void connections.refetch()} />
  const accounts = connections.data.filter((c) => c.channel === 'sync')
  if (accounts.length === 0) return <Nothing text={t('syncEditor.noAccount')} hint={t('syncEditor.noAccountHint')} />
  const gone = value.connection_id !== 0 && !accounts.some((c) => c.id === value.connection_id)
  return (
    <div>
      <Typography.Paragraph type="secondary">{t('syncEditor.lead')}</Typography.Paragraph>
      <Form.Item
        label={t('syncEditor.account')}
        htmlFor="sync-account"
        validateStatus={problems.connection_id || gone ? 'error' : undefined}
        help={problems.connection_id ?? (gone ? t('syncEditor.accountGone') : undefined)}
      >
        <Select<number>
          id="sync-account"
          aria-label={t('syncEditor.account')}
          value={gone ? undefined : value.connection_id || undefined}
          placeholder={t('syncEditor.chooseAccount')}
          options={accounts.map((c) => ({ value: c.id, label: c.name }))}
          onChange={(id) => {
            const platform = platforms.find((p) => p === accounts.find((c) => c.id === id)?.provider)
            if (platform) onChange(withAccount(value, platform, id))
          }}
        />
      </Form.Item>
      {value.connection_id > 0 && !gone && <Account value={value} onChange={onChange} problems={problems} />}
    </div>
  )
}

function Account({ value, onChange, problems = {} }: EditorProps<SyncContent>) {
  const { t, i18n } = useTranslation()
  const may = useCan()('marketer')
  const offer = useQuery({ ...offerQuery(value.connection_id, i18n.language), enabled: may })
  const change = (part: Partial<SyncContent>) => {
    onChange({ ...value, ...part })
  }
  const told = offer.data
  return (
    <>
      <Reading offer={told} error={offer.error} busy={offer.isFetching} again={() => void offer.refetch()} />
      {value.provider === 'getresponse' && (
        <Form.Item
          label={t('syncEditor.list')}
          htmlFor="sync-list"
          validateStatus={problems.list ? 'error' : undefined}
          help={problems.list}
        >
          <Select<string>
            id="sync-list"
            aria-label={t('syncEditor.list')}
            value={value.list}
            loading={offer.isFetching}
            placeholder={t('syncEditor.chooseList')}
            showSearch={{ optionFilterProp: 'label' }}
            options={withOld(
              (told?.lists ?? []).map((l) => ({ value: l.id, label: l.name })),
              value.list ? [value.list] : [],
              () => value.list_name ?? value.list ?? '',
            )}
            onChange={(list) => {
              change({ list, list_name: told?.lists?.find((l) => l.id === list)?.name })
            }}
          />
        </Form.Item>
      )}
      <Mapping value={value} offer={told} problems={problems} onChange={onChange} />
      {value.provider === 'getresponse' && (
        <Labels
          path="tags"
          label={t('syncEditor.tags')}
          hint={t('syncEditor.tagsHint')}
          value={value.tags}
          options={(told?.tags ?? []).map((x) => ({ value: x.id, label: x.name }))}
          problem={problems.tags}
          onChange={(tags) => {
            change({ tags })
          }}
        />
      )}
      {value.provider === 'getfly' && (
        <>
          <Labels
            path="types"
            label={t('syncEditor.types')}
            hint={t('syncEditor.typesHint')}
            value={value.types}
            options={(told?.types ?? []).map((x) => ({ value: x, label: x }))}
            problem={problems.types}
            onChange={(types) => {
              change({ types })
            }}
          />
          <Labels
            path="sources"
            label={t('syncEditor.sources')}
            hint={t('syncEditor.sourcesHint')}
            value={value.sources}
            options={(told?.sources ?? []).map((x) => ({ value: x, label: x }))}
            problem={problems.sources}
            onChange={(sources) => {
              change({ sources })
            }}
          />
        </>
      )}
      <Form.Item
        label={t('syncEditor.existing')}
        extra={value.provider === 'getfly' ? t('syncEditor.existingGetfly') : t('syncEditor.existingGetResponse')}
      >
        <Radio.Group
          aria-label={t('syncEditor.existing')}
          value={value.existing ?? 'update'}
          options={[
            { value: 'update', label: t('syncEditor.update') },
            { value: 'keep', label: t('syncEditor.keep') },
          ]}
          onChange={(e) => {
            change({ existing: e.target.value === 'keep' ? 'keep' : undefined })
          }}
        />
      </Form.Item>
    </>
  )
}

/** What was chosen and is not offered any more stays visible, under the best name there is. */
function withOld(
  options: { value: string; label: string }[],
  chosen: readonly string[],
  nameOf: (id: string) => string = (id) => id,
) {
  const old = chosen.filter((id) => !options.some((o) => o.value === id))
  return [...options, ...old.map((id) => ({ value: id, label: nameOf(id) }))]
}

interface ReadingProps {
  offer?: Offer
  error: Error | null
  busy: boolean
  again: () => void
}

/** Says whether the account told what there is to choose from, and asks again. */
function Reading({ offer, error, busy, again }: ReadingProps) {
  const { t } = useTranslation()
  return (
    <Flex vertical gap={8} style={{ marginBottom: 16 }}>
      <div>
        <Button icon={<ReloadOutlined />} loading={busy} onClick={again}>
          {t('syncEditor.reload')}
        </Button>
      </div>
      {error && <Failure error={error} />}
      {offer?.failure && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t('syncEditor.readFailed', { why: offer.failure_text ?? offer.failure })}
          description={offer.advice}
        />
      )}
    </Flex>
  )
}

interface LabelsProps {
  path: string
  label: string
  hint: string
  value?: string[]
  options: { value: string; label: string }[]
  problem?: string
  onChange: (value: string[] | undefined) => void
}

/** Some of the account's labels. */
function Labels({ path, label, hint, value = [], options, problem, onChange }: LabelsProps) {
  const { t } = useTranslation()
  const id = `sync-${path}`
  return (
    <Form.Item
      label={`${label} (${t('common.optional')})`}
      htmlFor={id}
      extra={hint}
      validateStatus={problem ? 'error' : undefined}
      help={problem}
    >
      <Select<string[]>
        id={id}
        mode="multiple"
        aria-label={label}
        value={value}
        options={withOld(options, value)}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(list) => {
          onChange(list.length > 0 ? list : undefined)
        }}
      />
    </Form.Item>
  )
}

import { UserAddOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { contactsQuery } from '@/components/trial/api'
import { DurationField } from '@/components/ui/DurationField'
import { Failure } from '@/components/ui/Faces'

import { type Campaign, type Entry, useEnter } from './api'

const year = 365 * 86400
const most = 1000

/** Puts chosen people into a campaign that they enter one by one, and says what became of each. */
export function AddPeople({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<{ value: number; label: string }[]>([])
  const [after, setAfter] = useState(0)
  const enter = useEnter(campaign.id)
  const found = useQuery({ ...contactsQuery(search), enabled: open })
  const options = (found.data ?? []).map((c) => ({ value: c.id, label: c.name || c.phone || c.email || `#${c.id}` }))
  const name = campaign.name || t('campaigns.unnamed')
  const close = () => {
    setOpen(false)
    setChosen([])
    setAfter(0)
    enter.reset()
  }
  return (
    <>
      <Button
        type="primary"
        icon={<UserAddOutlined />}
        disabled={campaign.state !== 'running'}
        onClick={() => {
          setOpen(true)
        }}
      >
        {t('flow.add.button')}
      </Button>
      <Modal
        open={open}
        title={t('flow.add.title', { name })}
        okText={t('flow.add.ok')}
        cancelText={t('common.close')}
        okButtonProps={{ disabled: chosen.length === 0, loading: enter.isPending }}
        onCancel={close}
        onOk={() => {
          enter.mutate(
            { contacts: chosen.map((c) => c.value), after },
            {
              onSuccess: () => {
                setChosen([])
              },
            },
          )
        }}
      >
        <Form layout="vertical" component="div">
          <Form.Item label={t('flow.add.who')} htmlFor="add-people">
            <Select
              id="add-people"
              aria-label={t('flow.add.who')}
              mode="multiple"
              labelInValue
              maxCount={most}
              value={chosen}
              loading={found.isFetching}
              placeholder={t('flow.add.placeholder')}
              options={options}
              showSearch={{ filterOption: false, searchValue: search, onSearch: setSearch }}
              notFoundContent={found.isFetching ? t('common.loading') : t('flow.add.none')}
              onChange={(next: { value: number; label?: unknown }[]) => {
                setSearch('')
                enter.reset()
                setChosen(
                  next.map((o) => ({ value: o.value, label: typeof o.label === 'string' ? o.label : `#${o.value}` })),
                )
              }}
            />
          </Form.Item>
          <Form.Item label={t('flow.add.after')} htmlFor="add-after" extra={t('flow.add.afterHint')}>
            <DurationField
              id="add-after"
              label={t('flow.add.after')}
              min={0}
              max={year}
              value={after}
              onChange={setAfter}
            />
          </Form.Item>
        </Form>
        <div role="status">{enter.data && <Outcome people={enter.data} />}</div>
        {enter.isError && <Failure error={enter.error} />}
      </Modal>
    </>
  )
}

function Outcome({ people }: { people: Entry[] }) {
  const { t } = useTranslation()
  const of = (result: Entry['result']) => people.filter((p) => p.result === result).length
  const skipped = people.filter((p) => p.skipped).length
  const lines = [
    t('flow.add.entered', { count: of('entered') }),
    of('already') > 0 && t('flow.add.already', { count: of('already') }),
    of('unknown') > 0 && t('flow.add.unknown', { count: of('unknown') }),
    skipped > 0 && t('flow.add.skipped', { count: skipped }),
  ].filter((line) => typeof line === 'string')
  return (
    <Alert
      type={of('entered') > skipped ? 'success' : 'info'}
      showIcon
      title={lines[0]}
      description={lines.length > 1 ? lines.slice(1).join(' ') : undefined}
    />
  )
}

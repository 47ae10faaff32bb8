import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Drawer, Flex, Radio, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { useRested } from '@/components/condition/api'

import { attributesQuery, type Contact, contactQuery, contactsQuery, useMerge } from './api'
import { useColumnName } from './ContactTable'
import { joinedOf } from './values'
import { formatDay, useAttributeText, useCall, useWords } from './words'

/** Joins another customer with this one: search, compare side by side, choose who stays. */
export function MergeDrawer(props: { contact: Contact; onClose: () => void; onMerged: (kept: number) => void }) {
  const { contact, onClose, onMerged } = props
  const { t } = useTranslation()
  const { message } = App.useApp()
  const call = useCall()
  const [shown, setShown] = useState(true)
  const [typed, setTyped] = useState('')
  const [other, setOther] = useState<number>()
  const [keepThis, setKeepThis] = useState(true)
  const search = useRested(typed, 300)
  const found = useQuery({ ...contactsQuery({ search: search || undefined }), enabled: search.trim().length > 1 })
  const chosen = useQuery({ ...contactQuery(other ?? 0), enabled: other !== undefined })
  const keep = keepThis ? contact : chosen.data
  const drop = keepThis ? chosen.data : contact
  const merge = useMerge(keep?.id ?? 0)
  const options = (found.data?.items ?? [])
    .filter((c) => c.id !== contact.id)
    .map((c) => ({ value: c.id, label: [call(c), c.phone, c.email].filter(Boolean).join(' · ') }))
  return (
    <Drawer
      open={shown}
      title={t('contacts.merge.title')}
      size={720}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={() => {
        setShown(false)
      }}
      afterOpenChange={(open) => {
        if (!open) onClose()
      }}
      footer={
        <Flex justify="end" gap={8}>
          <Button
            onClick={() => {
              setShown(false)
            }}
          >
            {t('common.cancel')}
          </Button>
          <Button
            danger
            type="primary"
            disabled={!keep || !drop}
            loading={merge.isPending}
            onClick={() => {
              if (!keep || !drop) return
              merge.mutate(drop.id, {
                onSuccess: () => {
                  setShown(false)
                  void message.success(t('contacts.merge.done'))
                  onMerged(keep.id)
                },
              })
            }}
          >
            {t('contacts.merge.ok')}
          </Button>
        </Flex>
      }
    >
      <Flex vertical gap={16}>
        <label>
          {t('contacts.merge.search')}
          <Select
            style={{ width: '100%' }}
            aria-label={t('contacts.merge.search')}
            placeholder={t('contacts.search')}
            value={other}
            loading={found.isFetching}
            showSearch={{ filterOption: false, onSearch: setTyped }}
            options={
              other && !options.some((o) => o.value === other)
                ? [...options, { value: other, label: chosen.data ? call(chosen.data) : `#${other}` }]
                : options
            }
            notFoundContent={typed.trim().length > 1 ? t('common.emptyFilter') : t('contacts.merge.type')}
            onChange={setOther}
          />
        </label>
        {other !== undefined && chosen.isPending && <Loading />}
        {chosen.isError && <Failure error={chosen.error} retry={() => void chosen.refetch()} />}
        {merge.isError && <Failure error={merge.error} />}
        {keep && drop && chosen.data && (
          <>
            <Radio.Group
              vertical
              aria-label={t('contacts.merge.who')}
              value={keepThis}
              onChange={(e) => {
                setKeepThis(e.target.value as boolean)
              }}
              options={[
                { value: true, label: t('contacts.merge.keep', { name: call(contact), id: contact.id }) },
                { value: false, label: t('contacts.merge.keep', { name: call(chosen.data), id: chosen.data.id }) },
              ]}
            />
            <Comparison keep={keep} drop={drop} />
          </>
        )}
      </Flex>
    </Drawer>
  )
}

function Comparison({ keep, drop }: { keep: Contact; drop: Contact }) {
  const { t } = useTranslation()
  const attributes = useQuery(attributesQuery).data ?? []
  const name = useColumnName(attributes)
  const attributeText = useAttributeText()
  const words = useWords()
  const lines = joinedOf(keep, drop, attributes)
  const lost = lines.filter((l) => l.fate === 'lost').length
  const text = (key: string, value: unknown): string => {
    const attribute = attributes.find((a) => `attr.${a.key}` === key)
    if (attribute) return attributeText(attribute, value)
    if (Array.isArray(value)) return value.map(String).join(', ')
    const plain = typeof value === 'string' ? value : ''
    return key === 'gender' && plain ? words.gender(plain) : key === 'birthday' ? formatDay(plain) : plain
  }
  return (
    <>
      <Alert
        type={lost > 0 ? 'warning' : 'info'}
        showIcon
        title={lost > 0 ? t('contacts.merge.lost', { count: lost }) : t('contacts.merge.nothingLost')}
        description={t('contacts.merge.text')}
      />
      <table className="contact-compare">
        <caption className="visually-hidden">{t('contacts.merge.compare')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('contacts.merge.field')}</th>
            <th scope="col">{t('contacts.merge.stays')}</th>
            <th scope="col">{t('contacts.merge.ends')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr key={l.key}>
              <th scope="row">{l.key === 'name' ? t('contacts.field.name') : (name(l.key) ?? l.key)}</th>
              <td>{text(l.key, l.keep)}</td>
              <td>
                <span className={l.fate === 'lost' ? 'contact-lost' : undefined}>{text(l.key, l.drop)}</span>
                {l.fate !== 'same' && (
                  <div>
                    <Typography.Text type={l.fate === 'lost' ? 'danger' : 'secondary'}>
                      {t(`contacts.merge.fate.${l.fate}`)}
                    </Typography.Text>
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

import { MoreOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button, Card, Dropdown, Flex, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { ActivityList } from '@/features/contact/ActivityList'
import { Addresses } from '@/features/contact/Addresses'
import { type Activity, type Contact, contactQuery } from '@/features/contact/api'
import { Blocked } from '@/features/contact/Blocked'
import { ChannelTable } from '@/features/contact/ChannelTable'
import { Consents } from '@/features/contact/Consents'
import { Tags } from '@/features/contact/ContactTable'
import { MergeDrawer } from '@/features/contact/MergeDrawer'
import { ProfileForm } from '@/features/contact/ProfileForm'
import { useLeaving } from '@/features/contact/useLeaving'
import { useCall } from '@/features/contact/words'
import { Conversations } from '@/features/conversation/Conversations'
import { MessageDrawer } from '@/features/report/MessageDrawer'
import { WhyDrawer } from '@/features/report/WhyDrawer'
import { formatTime } from '@/lib/format'
import '@/features/contact/contact.css'

/** One customer: what is known, what may be sent, and all that was. */
export function ContactPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/contacts/$id' })
  const contact = useQuery(contactQuery(id))
  const back = { text: t('contacts.title'), to: '/contacts' } as const
  if (contact.isPending)
    return (
      <Page title={t('contacts.one')} back={back}>
        <Loading />
      </Page>
    )
  if (contact.isError)
    return (
      <Page title={t('contacts.one')} back={back}>
        <Failure error={contact.error} retry={() => void contact.refetch()} />
      </Page>
    )
  // Another customer is another form.
  return <Profile key={id} contact={contact.data} back={back} />
}

function Profile({ contact, back }: { contact: Contact; back: { text: string; to: '/contacts' } }) {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/contacts/$id' })
  const navigate = useNavigate()
  const zone = useZone()
  const call = useCall()
  const can = useCan()
  const [why, setWhy] = useState<Activity>()
  const [merging, setMerging] = useState(false)
  const go = (to: typeof search) =>
    void navigate({ to: '/contacts/$id', params: { id: contact.id }, search: to, replace: true })
  const close = () => {
    setWhy(undefined)
  }
  return (
    <Page
      title={call(contact)}
      mark={<Tags tags={contact.tags} />}
      back={back}
      zone
      extra={
        <Acts
          contact={contact}
          onMerge={() => {
            setMerging(true)
          }}
        />
      }
    >
      <Tabs
        activeKey={search.tab ?? 'profile'}
        onChange={(tab) => {
          go({ tab: tab as typeof search.tab })
        }}
        items={[
          {
            key: 'profile',
            label: t('contacts.tab.profile'),
            children: (
              <Flex vertical gap={16}>
                <Card size="small" title={<h2 className="card-title">{t('contacts.tab.profile')}</h2>}>
                  <ProfileForm contact={contact} />
                </Card>
                <Card size="small" title={<h2 className="card-title">{t('contacts.addresses')}</h2>}>
                  <Addresses contact={contact} />
                </Card>
                <small>
                  {t('contacts.times', {
                    created: formatTime(contact.created_at, zone),
                    updated: formatTime(contact.updated_at, zone),
                  })}
                </small>
              </Flex>
            ),
          },
          {
            key: 'consent',
            label: t('contacts.tab.consent'),
            children: (
              <Flex vertical gap={16}>
                <ChannelTable contact={contact} />
                <Card size="small" title={<h2 className="card-title">{t('contacts.proofs')}</h2>}>
                  <Consents contact={contact} zone={zone} />
                </Card>
                <Card size="small" title={<h2 className="card-title">{t('contacts.suppression')}</h2>}>
                  <Blocked contact={contact} zone={zone} />
                </Card>
              </Flex>
            ),
          },
          {
            key: 'activity',
            label: t('contacts.tab.activity'),
            children: (
              <>
                <Conversations contact={contact.id} zone={zone} mayReply={can('care')} />
                <ActivityList
                  contact={contact.id}
                  zone={zone}
                  page={search.page}
                  onPage={(page) => {
                    go({ tab: 'activity', page })
                  }}
                  onWhy={setWhy}
                  source={(a) =>
                    a.campaign_id ? (
                      <Link to="/campaigns/$id" params={{ id: a.campaign_id }} search={{}}>
                        {a.run}
                      </Link>
                    ) : (
                      a.run || t('contacts.single')
                    )
                  }
                />
              </>
            ),
          },
        ]}
      />
      <WhyDrawer
        campaign={why?.campaign_id ?? 0}
        contact={why?.campaign_id ? contact.id : undefined}
        zone={zone}
        onClose={close}
      />
      <MessageDrawer message={why && !why.campaign_id ? why.message_id : undefined} zone={zone} onClose={close} />
      {merging && (
        <MergeDrawer
          contact={contact}
          onClose={() => {
            setMerging(false)
          }}
          onMerged={(kept) => void navigate({ to: '/contacts/$id', params: { id: kept }, search: {}, replace: true })}
        />
      )}
    </Page>
  )
}

function Acts({ contact, onMerge }: { contact: Contact; onMerge: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const can = useCan()
  const { askDelete, askErase } = useLeaving(() => void navigate({ to: '/contacts', search: {} }))
  if (!can('marketer')) return null
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'merge', label: t('contacts.merge.title') },
          { type: 'divider' },
          { key: 'delete', label: t('contacts.delete.menu'), danger: true },
          ...(can('owner') ? [{ key: 'erase', label: t('contacts.erase.menu'), danger: true }] : []),
        ],
        onClick: ({ key }) => {
          if (key === 'merge') onMerge()
          if (key === 'delete') askDelete(contact)
          if (key === 'erase') askErase(contact)
        },
      }}
    >
      <Button icon={<MoreOutlined />}>{t('common.more')}</Button>
    </Dropdown>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Drawer, Flex, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { StatusChip } from '@/components/ui/Chip'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { useChannel, useOutcome } from '@/lib/words'

import { type Why, whyQuery } from './api'
import { LegTimeline } from './LegTimeline'

/** "Vì sao?": explains one person's outcome in one campaign, also of somebody who was left out. Open while a contact is given. */
export function WhyDrawer(props: { campaign: number; contact?: number; zone: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { campaign, contact, zone, onClose } = props
  return (
    <Drawer
      open={contact !== undefined}
      title={t('why.title')}
      size={560}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={onClose}
      destroyOnHidden
    >
      {contact !== undefined && <Explanation campaign={campaign} contact={contact} zone={zone} />}
    </Drawer>
  )
}

function Explanation({ campaign, contact, zone }: { campaign: number; contact: number; zone: string }) {
  const { t } = useTranslation()
  const why = useQuery(whyQuery(campaign, contact))
  const outcome = useOutcome()
  if (why.isPending) return <Loading />
  if (why.isError) return <Failure error={why.error} retry={() => void why.refetch()} />
  const w = why.data
  const special = outcome(w.outcome)
  const legs = w.legs ?? []
  return (
    <Flex vertical gap={16}>
      <div>
        <Typography.Title level={3} style={{ fontSize: 18, margin: 0 }}>
          {w.contact.name || t('people.noName', { id: w.contact.id })}
        </Typography.Title>
        <Typography.Text type="secondary">
          {[w.contact.phone, w.contact.email, w.contact.external_id].filter(Boolean).join(' · ')}
        </Typography.Text>
      </div>
      <div>{special ? <Tag>{special}</Tag> : <StatusChip status={w.outcome} channel={legs.at(-1)?.channel} />}</div>
      <ol style={{ margin: 0, paddingInlineStart: 20 }}>
        {(w.sentences ?? []).map((s, i) => (
          <li key={`${s.code} ${i}`}>{s.text}</li>
        ))}
      </ol>
      <section>
        <Typography.Title level={4} style={{ fontSize: 16 }}>
          {t('why.timeline')}
        </Typography.Title>
        {legs.length === 0 && <Nothing text={t('why.noTimeline')} />}
        <Flex vertical gap={12}>
          {legs.map((leg) => (
            <LegTimeline key={leg.id} leg={leg} zone={zone} />
          ))}
        </Flex>
      </section>
      <Reach why={w} />
      <Audience why={w} />
    </Flex>
  )
}

/** Which channels of the campaign may reach the person now. */
function Reach({ why }: { why: Why }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const words: Record<string, string> = {
    no_address: t('why.noAddress'),
    suppressed: t('why.suppressed'),
    no_consent: t('why.noConsent'),
  }
  return (
    <section>
      <Typography.Title level={4} style={{ fontSize: 16 }}>
        {t('why.channels')}
      </Typography.Title>
      {(why.channels ?? []).map((c) => (
        <div key={c.rank}>
          {channel(c.channel)}: {c.refusal ? (words[c.refusal] ?? c.refusal) : t('why.mayReach')}
        </div>
      ))}
      {(why.shared_with ?? []).map((s) => (
        <div key={s.contact_id}>
          {t('why.sharedWith', { name: s.name || t('people.noName', { id: s.contact_id }) })}
        </div>
      ))}
    </section>
  )
}

/** Each segment and the extra condition by itself: which of them said no. */
function Audience({ why }: { why: Why }) {
  const { t } = useTranslation()
  return (
    <section>
      <Typography.Title level={4} style={{ fontSize: 16 }}>
        {t('why.audience')}
      </Typography.Title>
      <p style={{ marginTop: 0 }}>{why.in_audience ? t('why.inAudience') : t('why.notInAudience')}</p>
      {(why.audience ?? []).map((m) => (
        <div key={m.segment_id ?? 0}>
          {m.segment_id ? m.name : t('why.condition')}: {m.met ? t('why.met') : t('why.notMet')}
        </div>
      ))}
    </section>
  )
}

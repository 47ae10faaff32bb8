import { PhoneOutlined, SoundOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { formatMoney } from '@/lib/format'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import { useCause } from '../causes'
import type { EditorProps } from '../editors'
import { Phone } from '../Phone'
import { useRested } from '../useRested'
import { type CallContent, type CallKeys, long, noRefusal, showable, unfinished, usualWait } from './content'
import './ai_call.css'

/** The call as the person hears it: the script, the question, and what each key does. */
export function AICallPreview({ value, contact }: EditorProps<CallContent>) {
  const { t, i18n } = useTranslation()
  const why = useCause()
  const rested = useRested(value)
  const shown = showable(rested)
  const number = useQuery(connectionsQuery).data?.find((c) => c.stringee)
  const preview = useQuery({ ...renderedQuery('ai_call', shown, contact), enabled: shown !== undefined })
  if (!shown) return <Typography.Text type="secondary">{t('callEditor.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const call = preview.data.ai_call
  const price = number?.stringee?.price_per_call ?? 0
  return (
    <Flex vertical gap={12}>
      <Phone from={number?.stringee ? `+${number.stringee.from}` : t('channel.ai_call')}>
        {call && <Heard call={call} keys={shown.keys} />}
      </Phone>
      {(preview.data.problems ?? []).map((p) => (
        <Alert key={p.param} type="warning" showIcon title={t('callEditor.refused')} description={why(p)} />
      ))}
      {call && call.seconds > long && <Alert type="warning" showIcon title={t('callEditor.long')} />}
      {call && /https?:\/\//.test(`${call.script} ${call.prompt ?? ''}`) && (
        <Alert type="warning" showIcon title={t('callEditor.link')} />
      )}
      {noRefusal(rested) && <Alert type="info" showIcon title={t('callEditor.noRefusal')} />}
      {unfinished(rested) && <Typography.Text type="secondary">{t('callEditor.partly')}</Typography.Text>}
      <Typography.Text type="secondary">
        {call && t('callEditor.seconds', { count: call.seconds })}
        {price > 0 && ` ${t('callEditor.price', { price: formatMoney(price, i18n.language) })}`}
        {` ${t('callEditor.law')}`}
        {contact === undefined && ` ${t('callEditor.sample')}`}
      </Typography.Text>
    </Flex>
  )
}

type Call = NonNullable<Rendered['ai_call']>

function Heard({ call, keys }: { call: Call; keys?: CallKeys }) {
  const { t } = useTranslation()
  return (
    <Flex vertical gap={8}>
      <div className="template-bubble">
        <Flex gap={8} align="start">
          <SoundOutlined aria-hidden className="call-sound" />
          <span>{call.script}</span>
        </Flex>
        {call.times > 1 && (
          <Typography.Text type="secondary">{t('callEditor.readTimes', { count: call.times })}</Typography.Text>
        )}
      </div>
      {keys && (
        <>
          <div className="template-bubble">
            <Flex gap={8} align="start">
              <SoundOutlined aria-hidden className="call-sound" />
              <span>{call.prompt}</span>
            </Flex>
            <Typography.Text type="secondary">
              {t('callEditor.waits', { count: keys.timeout_seconds ?? usualWait })}
              {keys.again ? ` ${t('callEditor.asksAgain', { count: keys.again })}` : ''}
            </Typography.Text>
          </div>
          <ul className="call-pad" aria-label={t('callEditor.keys')}>
            {keys.list.map((k) => (
              <li key={k.digits}>
                <kbd>{k.digits}</kbd>
                <div>
                  <strong>{k.label}</strong>
                  {k.reply && (
                    <div>
                      <SoundOutlined aria-hidden /> {k.reply}
                    </div>
                  )}
                  {k.opt_out && <Typography.Text type="secondary">{t('callEditor.optOutShort')}</Typography.Text>}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      <Typography.Text type="secondary">
        <PhoneOutlined aria-hidden /> {t('callEditor.hangsUp')}
      </Typography.Text>
    </Flex>
  )
}

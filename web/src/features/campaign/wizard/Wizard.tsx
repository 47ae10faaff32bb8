import { Alert, App, Button, Flex, Grid, Steps, Typography } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type FieldProblem, Problem } from '@/api/problem'
import { Failure } from '@/components/ui/Faces'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'

import { type Campaign, useSave } from '../api'
import { useGap } from '../words'
import { AudienceStep } from './AudienceStep'
import { ChannelsStep } from './ChannelsStep'
import { type Draft, draftOf, empty, formOf, gaps, type Step, stepOf, steps } from './draft'
import { ReviewStep } from './ReviewStep'
import { TimeStep } from './TimeStep'
import './wizard.css'

export interface StepProps {
  draft: Draft
  change: (part: Partial<Draft>) => void
  problems: readonly FieldProblem[]
}

interface WizardProps {
  /** The campaign that is being edited; undefined makes a new one. */
  campaign?: Campaign
  step: Step
  /** A segment that was just made for this campaign. */
  added?: number
  zone: string
  onStep: (campaign: Campaign, step: Step) => void
  /** Leads to the page that makes a segment, and back to this campaign. */
  onNewSegment: (campaign: Campaign) => void
  onDone: (campaign: Campaign) => void
}

/** The four steps of a broadcast: recipients, channels, name and time, review. Each step saves what there is; gaps are allowed until the activation and shown at their steps. */
export function Wizard({ campaign, step, added, zone, onStep, onNewSegment, onDone }: WizardProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const narrow = !Grid.useBreakpoint().md
  const gap = useGap()
  const start = () => {
    const d = campaign ? draftOf(campaign) : empty()
    return added && !d.segments.includes(added)
      ? { ...d, everyone: false, entry: false, segments: [...d.segments, added] }
      : d
  }
  const [draft, setDraft] = useState<Draft>(start)
  const [dirty, setDirty] = useState(Boolean(added))
  // What was saved last; the address follows a moment later.
  const [saved, setSaved] = useState(campaign)
  const save = useSave()
  const pass = useLeaveGuard(dirty)
  const heading = useRef<HTMLHeadingElement>(null)
  const first = useRef(true)
  useEffect(() => {
    if (first.current) first.current = false
    else heading.current?.focus()
  }, [step])

  const problems = save.error instanceof Problem ? save.error.errors : []
  const change = (part: Partial<Draft>) => {
    setDraft((d) => ({ ...d, ...part }))
    setDirty(true)
  }
  /** Saves when something changed, and goes on with the campaign. Mistakes keep the person at the step. */
  const keep = (then: (campaign: Campaign) => void) => {
    if (saved && !dirty) {
      then(saved)
      return
    }
    save.mutate(
      { id: saved?.id, form: formOf(draft, saved?.updated_at) },
      {
        onSuccess: (made) => {
          setSaved(made)
          setDirty(false)
          // A new campaign starts out with the workspace's options.
          if (!draft.ownOptions) {
            const { window, spendCap, trackOpens, trackClicks, ownOptions } = draftOf(made)
            setDraft((d) => ({ ...d, window, spendCap, trackOpens, trackClicks, ownOptions }))
          }
          pass()
          then(made)
        },
      },
    )
  }
  const go = (to: Step) => {
    keep((c) => {
      onStep(c, to)
    })
  }
  const index = steps.indexOf(step)
  const missing = gaps(draft)
  const elsewhere = problems.filter((p) => stepOf(p) !== step)
  const before = steps[index - 1]
  const after = steps[index + 1]
  const props: StepProps = { draft, change, problems }
  const pages: Record<Step, () => ReactNode> = {
    audience: () => (
      <AudienceStep
        {...props}
        saving={save.isPending}
        onNewSegment={() => {
          keep(onNewSegment)
        }}
      />
    ),
    channels: () => <ChannelsStep {...props} />,
    time: () => <TimeStep {...props} zone={zone} />,
    review: () =>
      saved ? <ReviewStep campaign={saved} draft={draft} zone={zone} onStep={go} onDone={onDone} /> : null,
  }
  const buttons = (
    <Flex gap={8} wrap>
      {before && (
        <Button
          onClick={() => {
            go(before)
          }}
          disabled={save.isPending}
        >
          {t('common.back')}
        </Button>
      )}
      {step !== 'review' && (
        <Button
          onClick={() => {
            keep((c) => {
              void message.success(t('wizard.saved'))
              // A new campaign has an address of its own from now on.
              if (!campaign) onStep(c, step)
            })
          }}
          disabled={save.isPending || (!dirty && saved !== undefined)}
        >
          {t('wizard.saveDraft')}
        </Button>
      )}
      {after && (
        <Button
          type="primary"
          loading={save.isPending}
          onClick={() => {
            go(after)
          }}
        >
          {after === 'review' ? t('wizard.saveAndReview') : t('common.continue')}
        </Button>
      )}
    </Flex>
  )
  return (
    <div className="wizard">
      <nav aria-label={t('wizard.steps')}>
        <Steps
          size="small"
          current={index}
          orientation={narrow ? 'vertical' : 'horizontal'}
          responsive={false}
          onChange={(i) => {
            const to = steps[i]
            if (to) go(to)
          }}
          items={steps.map((s) => {
            const open = missing[s]
            return {
              title: t(`wizard.step.${s}`),
              status: s === step ? 'process' : problems.some((p) => stepOf(p) === s) ? 'error' : undefined,
              content: open && s !== step && (saved ?? dirty) ? open.map(gap).join(' · ') : undefined,
              disabled: save.isPending,
            }
          })}
        />
      </nav>
      <Flex justify="space-between" align="center" wrap gap={8} className="wizard-head">
        <Typography.Title level={2} className="wizard-title" ref={heading} tabIndex={-1}>
          {t(`wizard.title.${step}`)}
        </Typography.Title>
        {buttons}
      </Flex>
      {save.isError && (problems.length === 0 || elsewhere.length > 0) && <Failure error={save.error} />}
      {save.error instanceof Problem && save.error.code === 'campaign.changed' && (
        <Alert
          type="info"
          showIcon
          title={t('wizard.changed')}
          action={
            <Button
              size="small"
              onClick={() => {
                window.location.reload()
              }}
            >
              {t('wizard.reload')}
            </Button>
          }
        />
      )}
      {elsewhere.length > 0 && (
        <Flex gap={8} wrap className="wizard-note">
          {steps
            .filter((s) => s !== step && elsewhere.some((p) => stepOf(p) === s))
            .map((s) => (
              <Button
                key={s}
                size="small"
                onClick={() => {
                  if (saved) onStep(saved, s)
                }}
                disabled={!saved}
              >
                {t('wizard.goTo', { step: t(`wizard.step.${s}`) })}
              </Button>
            ))}
        </Flex>
      )}
      {pages[step]()}
      {step !== 'review' && <div className="wizard-foot">{buttons}</div>}
    </div>
  )
}

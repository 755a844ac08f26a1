import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['cron-schedule', 'restart-policy'];
const cron = (schedule: string, policy = 'restartPolicy: Never'): string =>
  `{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: '${schedule}', jobTemplate: {spec: {template: {spec: {${policy}, containers: []}}}}}}`;

describe('schedules', () => {
  it.each([
    '0 0 3 * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    'TZ=UTC 0 3 * * *',
    '0 3 * *',
  ])('%s is told', (schedule) => {
    expect(faultsOf(cron(schedule), RULES)).toEqual(['cron-schedule /spec/schedule']);
  });

  it.each(['0 3 * * *', '*/5 0-23/2 1,15 jan-mar MON-FRI', '@daily', '@every 1h', '0 3 ? * 7', '${SCHEDULE}'])(
    '%s is not told',
    (schedule) => {
      expect(faultsOf(cron(schedule), RULES)).toEqual([]);
    },
  );
});

describe('restart policies', () => {
  it.each([
    ['Always of a CronJob', cron('0 3 * * *', 'restartPolicy: Always')],
    ['none of a CronJob', cron('0 3 * * *', 'hostNetwork: false')],
    ['none of a Job', deploymentWith('', '', 'Job', 'batch/v1')],
    ['OnFailure of a Deployment', deploymentWith('', 'restartPolicy: OnFailure')],
    ['Never of a StatefulSet', deploymentWith('', 'restartPolicy: Never', 'StatefulSet')],
  ])('are told: %s', (_, text) => {
    expect(faultsOf(text, RULES)).toHaveLength(1);
  });

  it('are not told of a Pod, which may have any', () => {
    expect(
      faultsOf('{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {restartPolicy: Never, containers: []}}', RULES),
    ).toEqual([]);
  });
});

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
    '0 10-5 * * *',
    '0 3 30 2 *',
    '0 3 31 4 *',
    '0 1-2-3 * * *',
    '0 3 * * 7',
    '0 3 * * 5-7',
    '0 3 * * fri-mon',
    'mon 3 * * *',
    '0 3 * mon *',
    '*/5/2 * * * *',
    '@every 1',
    '@reboot',
  ])('%s is told', (schedule) => {
    expect(faultsOf(cron(schedule), RULES)).toEqual(['cron-schedule /spec/schedule']);
  });

  it.each([
    '0 3 * * *',
    '*/5 0-23/2 1,15 jan-mar MON-FRI',
    '@daily',
    '@every 1h30m',
    '0 3 ? * 0',
    '0 3 * dec sat,SUN',
    '${SCHEDULE}',
  ])('%s is not told', (schedule) => {
    expect(faultsOf(cron(schedule), RULES)).toEqual([]);
  });

  it.each([
    ['Europe/Zuerich', ['cron-schedule /spec/timeZone']],
    ['Local', ['cron-schedule /spec/timeZone']],
    ['Europe/Zurich', []],
    ['Etc/UTC', []],
  ])('in the time zone %s', (zone, faults) => {
    expect(faultsOf(cron('0 3 29 2 *').replace('spec: {', `spec: {timeZone: '${zone}', `), RULES)).toEqual(faults);
  });
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

import { app } from '@azure/functions';

const ticks = [];

app.timer('everySecond', { schedule: '%FIXTURE_SCHEDULE%', handler: (timer) => ticks.push(timer) });
app.timer('fiveFields', { schedule: '0 3 * * *', runOnStartup: true, handler: (timer) => ticks.push(timer) });
app.timer('failingTimer', {
  schedule: '0 0 3 * * *',
  handler: () => {
    throw new Error('the timer broke');
  },
});
app.timer('unset', { schedule: '%FIXTURE_UNSET%', handler: () => ticks.push('never') });

app.http('ticks', { authLevel: 'anonymous', handler: () => ({ jsonBody: ticks }) });

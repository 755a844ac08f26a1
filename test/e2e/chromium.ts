import { chromium, type Browser } from 'playwright-core';
import { ensureProgram } from '#local';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
];

/** Starts Debian's Chromium, installed when it is not there. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await ensureProgram('chromium'), args: FLAGS });
}

import { video } from '#catalog';
import { runService } from '#runtime';
import { videoPlan } from './video-plan.ts';

await runService(video, videoPlan);

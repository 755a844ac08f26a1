import { video } from '#catalog';
import { runService } from '#runtime';
import { videoPlan } from './definition.ts';

await runService(video, videoPlan);

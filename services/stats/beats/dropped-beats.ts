import { statsApi } from '#contracts';
import { Router } from 'express';
import type { BeatMetrics } from '../metrics.ts';

const UNAVAILABLE = 503;

/** Counts as dropped what is refused before it reaches the buffer: with Redis away the session of a beat cannot be looked up. */
export function countRefusedBeats(metrics: BeatMetrics): Router {
  const { method, path } = statsApi.routes.recordBeat;
  return Router()[method](path, (_request, response, next) => {
    response.once('finish', () => {
      if (response.statusCode === UNAVAILABLE) metrics.dropped();
    });
    next();
  });
}

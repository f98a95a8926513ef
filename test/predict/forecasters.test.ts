import { histogramKind } from '../../src/predict/histogram-forecaster.ts';
import { peakKind } from '../../src/predict/peaks.ts';
import { seasonalKind } from '../../src/predict/seasonal.ts';
import { forecasterContract } from '../contract/forecaster.ts';

forecasterContract(histogramKind({ firstBucket: 1, ratio: 1.025, maxValue: 1e6, epsilon: 1e-4 }), 250);
forecasterContract(peakKind({ firstBucket: 2 ** 20, ratio: 1.025, maxValue: 2 ** 43, epsilon: 1e-4 }), 3e8);
forecasterContract(seasonalKind, 250);

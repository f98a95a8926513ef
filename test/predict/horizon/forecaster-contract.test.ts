import { horizonKind } from '../../../src/predict/horizon/horizon-forecaster.ts';
import { forecasterContract } from '../../contract/forecaster.ts';

forecasterContract(horizonKind, 250);

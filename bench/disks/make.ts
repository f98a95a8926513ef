// Learns the weights that ship from data/disks/backblaze, judges the same training on disks' later months, and writes both:
//   node bench/disks/make.ts      data/disks/model.json and data/disks/MODEL-CARD.md
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DriveTable } from '../../src/predict/disk/drive-table.ts';
import { trainDiskModel, usualTraining } from '../../src/predict/disk/train.ts';
import { cardOf } from './card.ts';
import { readHistory } from './history.ts';
import { judgeAfter, ruleAfter, trainBefore } from './time-split.ts';

const folder = fileURLToPath(new URL('../../data/disks', import.meta.url));
const report = (what: string): void => {
  process.stderr.write(`${what}\n`);
};

const drives = readHistory(`${folder}/backblaze`);
const table = new DriveTable();
for (const { days } of drives) for (const day of days) table.add(day);
const model = trainDiskModel(table, { ...usualTraining, report });
writeFileSync(`${folder}/model.json`, `${JSON.stringify(model)}\n`);
report('the weights are written; now the same training on what was known before July 2015');
const judged = trainBefore(drives);
// What a fleet of 2013 reported, and what Seagate's disks do not.
const hidden = [187, 188, 189, 196, 198];
const card = cardOf({
  drives,
  learned: model.learned,
  ours: judgeAfter(drives, judged),
  rule: ruleAfter(drives),
  few: { hidden, ours: judgeAfter(drives, judged, hidden), rule: ruleAfter(drives, hidden) },
  bytes: readFileSync(`${folder}/model.json`).length,
});
writeFileSync(`${folder}/MODEL-CARD.md`, card);

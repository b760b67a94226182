import type { Table } from '../report/tables.js';

/** Figures that others published, as they printed them: other pictures, other judges, other runs than ours. */
export const publishedTables: readonly Table[] = [
  {
    title:
      'published, not run here: detectors on TLDR’s synthetic test set of DOCCI (arXiv 2410.04734, tables 1 and 2)',
    head: ['', 'token accuracy', 'sentence accuracy', 'response accuracy', 'mAP neg', 'mAP pos'],
    rows: [
      ['TLDR, PaliGemma-3B', '98.6', '86.5', '83.1', '41.3', '99.8'],
      ['TLDR, Llama-3.2-11B-Vision', '98.9', '90.8', '88.2', '45.7', '99.8'],
      ['naive reward model, PaliGemma-3B', '–', '–', '81.1', '–', '–'],
      ['naive reward model, Llama-3.2-11B-Vision', '–', '–', '86.7', '–', '–'],
      ['GPT-4o, prompted', '95.5', '66.9', '52.9', '19.7', '98.1'],
    ],
  },
  {
    title: 'published, not run here: self-correction of captions, judged by people (arXiv 2410.04734, table 4)',
    head: ['', 'captions', 'flagged', 'changed', 'win', 'tie', 'loss'],
    rows: [
      ['GPT-4V, TLDR’s guidance', '800', '25', '21', '12', '7', '2'],
      ['GPT-4V, naive guidance', '800', '25', '15', '2', '11', '2'],
      ['Llama-3.2-90B-Vision, TLDR’s guidance', '800', '10', '8', '6', '1', '1'],
      ['Llama-3.2-90B-Vision, naive guidance', '800', '10', '6', '3', '1', '2'],
      ['Qwen2-VL-7B, TLDR’s guidance', '800', '25', '16', '9', '5', '2'],
      ['Qwen2-VL-7B, naive guidance', '800', '25', '9', '3', '5', '1'],
    ],
  },
  {
    title: 'published, not run here: correctors of LLaVA-v1.5-7B (from the tables of REVERSE, NeurIPS 2025)',
    head: ['', 'CHAIRi', 'CHAIRs', 'AMBER CHAIR', 'AMBER Cover', 'AMBER Hal', 'AMBER Cog'],
    rows: [
      ['none', '15.4', '50.0', '7.8', '51.0', '36.4', '4.2'],
      ['VCD', '14.9', '48.6', '–', '–', '–', '–'],
      ['OPERA', '14.6', '47.8', '7.3', '49.6', '32.0', '3.5'],
      ['DoLa', '14.1', '51.6', '7.6', '51.6', '36.0', '4.0'],
      ['AGLA', '14.1', '43.0', '–', '–', '–', '–'],
      ['MemVR', '13.0', '46.6', '–', '–', '–', '–'],
      ['EOS', '12.3', '40.2', '5.1', '49.1', '22.7', '2.0'],
      ['HALVA', '11.7', '41.4', '6.6', '53.0', '32.2', '3.4'],
      ['HA-DPO', '11.0', '38.2', '6.7', '49.8', '30.9', '3.3'],
      ['Woodpecker', '14.8', '45.8', '6.9', '48.9', '30.4', '3.6'],
      ['REVERSE, tau .003', '10.3', '37.0', '6.0', '52.2', '30.4', '3.0'],
      ['REVERSE, tau .0003', '6.1', '13.6', '4.0', '26.9', '10.2', '0.9'],
    ],
  },
];

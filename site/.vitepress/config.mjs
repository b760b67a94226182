import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const api = JSON.parse(readFileSync(new URL('../.pages/api/typedoc-sidebar.json', import.meta.url), 'utf8'));
const page = (text, link) => ({ text, link });

/** Every page of docs, by who reads it and what for. */
const sidebar = [
  {
    text: 'Begin',
    items: [
      page('What it is', '/'),
      page('Install', '/docs/install'),
      page('Gallery', '/gallery'),
      page('Harm', '/docs/harm'),
      page('A bound on harm', '/docs/max-harm'),
    ],
  },
  {
    text: 'Applications',
    items: [
      page('Clients, streams, AI SDK', '/docs/application-developers'),
      page('Frameworks', '/docs/frameworks'),
      page('Assistants (MCP)', '/docs/mcp'),
      page('In your tests', '/docs/ci'),
    ],
  },
  {
    text: 'Platforms',
    items: [
      page('The proxy', '/docs/platform-teams'),
      page('Gateways', '/docs/gateways'),
      page('Capacity', '/docs/capacity'),
      page('Serving a fleet', '/docs/serving-a-fleet'),
    ],
  },
  {
    text: 'Scorers',
    items: [
      page('Your own model', '/docs/local-models'),
      page('Photographs and print', '/docs/photographs'),
      page('Train your own', '/docs/train-your-own'),
      page('Training', '/training/'),
      page('Model card', '/models/tldr-scenes/MODEL_CARD'),
    ],
  },
  {
    text: 'Data',
    items: [
      page('Data teams', '/docs/data-teams'),
      page('Bulk', '/docs/bulk'),
      page('Perturbing captions', '/docs/perturb'),
    ],
  },
  {
    text: 'Research',
    items: [
      page('For researchers', '/docs/researchers'),
      page('Benchmarks', '/docs/benchmarks'),
      page('Self-correction', '/docs/self-correction-benchmark'),
      page('Hallucination rates', '/docs/hallucination-rates'),
      page('Evaluation', '/eval/'),
    ],
  },
  {
    text: 'Inside',
    collapsed: true,
    items: [
      page('Architecture', '/docs/architecture'),
      page('Contributing', '/CONTRIBUTING'),
      page('Speed', '/bench/'),
      page('Security', '/SECURITY'),
      page('Changes', '/CHANGELOG'),
    ],
  },
  { text: 'API', collapsed: true, items: api },
];

export default defineConfig({
  title: 'vlm-detective',
  description: 'Finds what a vision-language model made up about a picture, and has only those words rewritten.',
  srcDir: '.pages',
  outDir: 'dist',
  cleanUrls: true,
  rewrites: { 'README.md': 'index.md', ':folder(.*)/README.md': ':folder/index.md' },
  themeConfig: { sidebar, search: { provider: 'local' }, outline: [2, 3] },
});

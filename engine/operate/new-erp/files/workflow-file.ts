/** `.github/workflows/deploy-<erp>.yml`: what of a push concerns the server of this ERP. All ERPs have this one. */
export function workflowFile(erp: string): string {
  return `name: deploy ${erp}

on:
  push:
    branches: [main]
    paths:
      - servers/**
      - engine/contract/**
      - engine/channel/**
      - erps/${erp}/**
      - .ci/**
      - package.json
      - package-lock.json
      - .github/workflows/deploy.yml
      - .github/workflows/deploy-${erp}.yml
  workflow_dispatch:

permissions: {}

concurrency:
  group: deploy-${erp}
  cancel-in-progress: false

jobs:
  deploy:
    permissions:
      contents: read
      packages: write
    uses: ./.github/workflows/deploy.yml
    with:
      erp: ${erp}
`
}

# vlm-detective serve, or worker: the model is inside, nothing is fetched when it runs, and it runs as nobody.
#   docker build -t vlm-detective .
#   docker run --rm -p 8090:8090 -e VLM_DETECTIVE_KEY=… vlm-detective
FROM node:22-bookworm-slim AS build
WORKDIR /src
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY . .
RUN npm ci --no-audit --no-fund --ignore-scripts && npm run build && npm run prepack && npm pack --ignore-scripts --silent
WORKDIR /app
# native code for this platform only: the package holds all of them
RUN npm init -y >/dev/null \
 && npm install --no-audit --no-fund --ignore-scripts --omit=dev /src/vlm-detective-*.tgz onnxruntime-node@1.30.0 bullmq@6.7.0 ioredis@6.0.0 \
 && cd node_modules/onnxruntime-node/bin/napi-v6 \
 && arch=$(node -p process.arch) \
 && find . -mindepth 2 -maxdepth 2 -type d ! -path "./linux/$arch" -exec rm -rf {} +

FROM node:22-bookworm-slim
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
# glibc keeps an arena of freed memory for each thread
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app/node_modules node_modules
USER node
EXPOSE 8090
HEALTHCHECK --interval=10s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8090/readyz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "node_modules/vlm-detective/dist/cli/main.js"]
CMD ["serve", "--host", "0.0.0.0"]

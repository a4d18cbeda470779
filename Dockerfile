# The command line alone: built with everything, shipped without what only builds.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY scenarios scenarios
COPY src src
# Installing builds; what is left afterwards is what runs.
RUN npm ci --no-audit --no-fund && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production
COPY --from=build /app/package.json /app/package.json
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/bin /app/bin
COPY --from=build /app/scenarios /app/scenarios
COPY --from=build /app/dist /app/dist
# Results go into the current directory, which a volume may take the place of. A number, so that it can be seen not to be root.
RUN install -d -o 1000 -g 1000 /results
WORKDIR /results
USER 1000:1000
# It runs to its end and says how that was by its exit code.
HEALTHCHECK NONE
ENTRYPOINT ["node", "/app/bin/iotload.js"]
CMD ["--help"]

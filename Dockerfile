# One image for every process; docker-compose.yml says which one runs.
FROM node:26-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY tsconfig.json ./
COPY server server
COPY simulator simulator
COPY mock-twilio mock-twilio
COPY mock-zoom mock-zoom
RUN mkdir data && chown node:node data
USER node
CMD ["node", "--import", "tsx", "server/main.ts"]

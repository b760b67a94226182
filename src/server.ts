export { fetchRemoteImage, type RemoteImageOptions } from './image/remote-image.js';
export {
  type CallReport,
  jsonLog,
  type Log,
  type LogLevel,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './server/start-server.js';

/*
 * What an application on unmodified drachtio-srf sees, and what peers see on the wire.
 * Runs against the embedded server, or against a real drachtio-server with KADEN_DRACHTIO=host:port (and KADEN_DRACHTIO_SECRET).
 */
import './scenarios/incoming.js';
import './scenarios/outgoing.js';
import './scenarios/dialogs.js';
import './scenarios/tcp.js';
import './scenarios/early.js';
import './scenarios/two-stacks.js';

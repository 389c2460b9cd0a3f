/** Loaded lazily: only a service that sends mail pays for the package. */
export {createTransport} from 'nodemailer';

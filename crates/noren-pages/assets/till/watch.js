// The screen that only listens.

import { hearPayments } from './strip.js';

hearPayments();

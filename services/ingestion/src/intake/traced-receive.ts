import { spans, type Tracing } from '@quantrac/service';
import type { Receive } from '../arrivals/arrival.ts';
import { type ReceiveOptions, receive } from './receive.ts';

/** Receives files; a trace begins with each that is sampled, and what comes of it carries it on. */
export const tracedReceive =
  (options: ReceiveOptions, trace: Tracing['begin']): Receive =>
  async (arrival) => {
    const { traceparent, end } = trace(spans.file, { way: arrival.way });
    if (!traceparent) return receive(arrival, options);
    const take: ReceiveOptions['take'] = (entry) => options.take({ ...entry, traceparent });
    try {
      const answer = await receive(arrival, { ...options, take });
      end({ outcome: answer.outcome, ...('receipt' in answer && { receipt: answer.receipt }) });
      return answer;
    } catch (error) {
      end({ error });
      throw error;
    }
  };

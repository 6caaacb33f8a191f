/** Merges sequences that each rise by `at` into one that does; equal ones in the order of their sequences. */
export function* inOrder<T extends { readonly at: number }>(sources: Iterable<Iterator<T>>): Generator<T> {
  const heap: Head<T>[] = [];
  let order = 0;
  for (const source of sources) {
    const first = source.next();
    if (!first.done) heap.push({ value: first.value, order: order++, source });
  }
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, at);
  while (heap.length > 0) {
    const head = heap[0]!;
    yield head.value;
    const next = head.source.next();
    if (!next.done) head.value = next.value;
    else heap[0] = heap.at(-1)!;
    if (next.done) heap.pop();
    sink(heap, 0);
  }
}

interface Head<T> {
  value: T;
  readonly order: number;
  readonly source: Iterator<T>;
}

type Heap<T> = Head<T>[];

function sink<T extends { readonly at: number }>(heap: Heap<T>, from: number): void {
  let parent = from;
  for (;;) {
    const left = 2 * parent + 1;
    const right = left + 1;
    let first = parent;
    if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left;
    if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right;
    if (first === parent) return;
    [heap[parent], heap[first]] = [heap[first]!, heap[parent]!];
    parent = first;
  }
}

const isBefore = <T extends { readonly at: number }>(one: Head<T>, other: Head<T>): boolean =>
  one.value.at < other.value.at || (one.value.at === other.value.at && one.order < other.order);

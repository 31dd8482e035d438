// Where the rows of a long list lie, of which only a few stand in the document. Pure: keys and measured heights in, places out.
// A row that was never measured counts as high as most of those that first were.

export function newOffsets(first) {
  const heights = new Map();
  let estimate = first;
  let keys = [];
  let tops = [0];

  function lay() {
    tops = new Array(keys.length + 1);
    tops[0] = 0;
    for (let i = 0; i < keys.length; i += 1) tops[i + 1] = tops[i] + (heights.get(keys[i]) ?? estimate);
  }

  // The last row that begins at or above `y`.
  function at(y) {
    let low = 0;
    let high = Math.max(0, keys.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    at,
    top: (index) => tops[index],
    total: () => tops[keys.length],
    setKeys(next) {
      keys = next;
      lay();
    },
    // [[key, height]]: true if anything lies elsewhere now.
    measure(pairs) {
      let changed = false;
      if (!heights.size && pairs.length) {
        const usual = pairs.map(([, height]) => height).sort((a, b) => a - b)[pairs.length >> 1];
        changed = usual !== estimate;
        estimate = usual;
      }
      for (const [key, height] of pairs) {
        if ((heights.get(key) ?? estimate) !== height) changed = true;
        heights.set(key, height);
      }
      if (changed) lay();
      return changed;
    },
    forget() {
      heights.clear();
      lay();
    },
    // First and last index to stand in the document for a view of `height` at `y`, with `margin` on both sides.
    range(y, height, margin) {
      return keys.length ? [at(Math.max(0, y - margin)), at(y + height + margin)] : [0, -1];
    },
  };
}

namespace Replication.Testing.Checkers.Transactions;

/// <summary>For each key the order in which its elements were appended, as the reads show it.</summary>
internal sealed class ListVersions
{
    private readonly TransactionSet _set;
    private readonly int[][] _orders;
    private readonly int[] _place;

    private ListVersions(TransactionSet set, int[][] orders)
    {
        _set = set;
        _orders = orders;
        _place = new int[set.ElementCount];
        Array.Fill(_place, -1);
        foreach (int[] order in orders)
        {
            for (int i = 0; i < order.Length; i++)
            {
                _place[order[i]] = i;
            }
        }
    }

    /// <summary>The elements of a key in order; those that nobody read are missing.</summary>
    public ReadOnlySpan<int> Order(int key) => _orders[key];

    /// <summary>The element before another, the last one known if nobody read it, or
    /// <see cref="Step.Nothing"/>.</summary>
    public int Before(int element)
    {
        int[] order = _orders[_set.ElementKey[element]];
        int place = _place[element] < 0 ? order.Length : _place[element];
        return place == 0 ? Step.Nothing : order[place - 1];
    }

    /// <summary>Takes the longest list that was read of each key.</summary>
    /// <param name="set">The transactions.</param>
    /// <param name="reads">The reads that count.</param>
    /// <param name="anomalies">Takes lists of which neither continues the other; null if they were reported.</param>
    public static ListVersions FromReads(TransactionSet set, ReadsByKey reads, AnomalyReport? anomalies)
    {
        int[][] orders = new int[set.Keys.Length][];
        for (int key = 0; key < orders.Length; key++)
        {
            orders[key] = Longest(set, key, reads.Of(key), anomalies);
        }

        return new ListVersions(set, orders);
    }

    /// <summary>Adds what needs no read: a key with one append in all has one version.</summary>
    public ListVersions WithSingleAppends()
    {
        int[] appends = new int[_set.Keys.Length];
        int[] last = new int[_set.Keys.Length];
        for (int i = 0; i < _set.Count; i++)
        {
            if (_set.IsPossible(i))
            {
                foreach (Step step in _set.StepsOf(i))
                {
                    if (step.IsWrite)
                    {
                        appends[step.Key]++;
                        last[step.Key] = step.Value;
                    }
                }
            }
        }

        int[][] orders = new int[_orders.Length][];
        for (int key = 0; key < orders.Length; key++)
        {
            orders[key] = _orders[key].Length == 0 && appends[key] == 1 ? [last[key]] : _orders[key];
        }

        return new ListVersions(_set, orders);
    }

    private static int[] Longest(TransactionSet set, int key, ReadOnlySpan<Step> reads, AnomalyReport? anomalies)
    {
        ReadOnlySpan<int> longest = [];
        foreach (Step read in reads)
        {
            if (IsLonger(set, set.ListOf(read), longest))
            {
                longest = set.ListOf(read);
            }
        }

        if (anomalies is not null)
        {
            foreach (Step read in reads)
            {
                ReadOnlySpan<int> list = set.ListOf(read);
                if (!longest.StartsWith(list))
                {
                    string first = set.DescribeList(list);
                    string second = set.DescribeList(longest);
                    anomalies.Add(
                        "incompatible-order",
                        () => $"Key {set.DescribeKey(key)} was read as {first} and as {second}: neither continues "
                            + "the other.");
                    break;
                }
            }
        }

        return Distinct(longest);
    }

    private static bool IsLonger(TransactionSet set, ReadOnlySpan<int> list, ReadOnlySpan<int> other) =>
        list.Length != other.Length
            ? list.Length > other.Length
            : !list.SequenceEqual(other) && HashOrder.OfList(set, list) > HashOrder.OfList(set, other);

    private static int[] Distinct(ReadOnlySpan<int> list)
    {
        HashSet<int> seen = new(list.Length);
        List<int> order = new(list.Length);
        foreach (int element in list)
        {
            if (seen.Add(element))
            {
                order.Add(element);
            }
        }

        return [.. order];
    }
}

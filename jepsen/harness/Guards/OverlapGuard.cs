using System.Globalization;
using Harness.Workloads;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Guards;

/// <summary>Asks whether reads met changes of the same key. Where operations come one after the other, every order is
/// fixed and little is tested.</summary>
/// <remarks>An operation of unknown outcome counts as under way only until its client gave it up: else the first of
/// them would make all later reads look contended.</remarks>
internal static class OverlapGuard
{
    private const double ShareMin = 0.05;

    /// <summary>Checks.</summary>
    /// <param name="history">The history.</param>
    /// <param name="accessesOf">What an operation uses.</param>
    /// <returns>Valid or unknown.</returns>
    public static Verdict Check(History history, Func<Operation, IEnumerable<Access>> accessesOf)
    {
        SortedDictionary<string, List<Operation>> changes = new(StringComparer.Ordinal);
        foreach (Operation operation in history.Operations.Where(o => o.Outcome != HistoryEventType.Fail))
        {
            foreach (Access access in accessesOf(operation).Where(access => !access.IsRead).Distinct())
            {
                string key = access.Key.ToString();
                if (!changes.TryGetValue(key, out List<Operation>? ofKey))
                {
                    changes.Add(key, ofKey = []);
                }

                ofKey.Add(operation);
            }
        }

        SortedDictionary<string, Overlaps> overlaps = new(StringComparer.Ordinal);
        foreach ((string key, List<Operation> ofKey) in changes)
        {
            overlaps.Add(key, new Overlaps(ofKey));
        }

        return ShareOf(history, accessesOf, overlaps);
    }

    private static Verdict ShareOf(
        History history, Func<Operation, IEnumerable<Access>> accessesOf, SortedDictionary<string, Overlaps> overlaps)
    {
        long reads = 0;
        long met = 0;
        foreach (Operation operation in history.Operations.Where(o => o.Outcome == HistoryEventType.Ok))
        {
            List<Access> read = [.. accessesOf(operation).Where(access => access.IsRead)];
            reads += read.Count > 0 ? 1 : 0;
            met += read.Exists(access => overlaps.TryGetValue(access.Key.ToString(), out Overlaps? ofKey)
                && ofKey.Meets(operation)) ? 1 : 0;
        }

        double share = reads == 0 ? 0 : (double)met / reads;
        string words = string.Create(CultureInfo.InvariantCulture,
            $"{met} of {reads} reads ({share:P1}) met a change of the same key under way.");
        return share >= ShareMin ? Verdict.Valid(words)
            : Verdict.Unknown(string.Create(
                CultureInfo.InvariantCulture, $"{words} Less than {ShareMin:P0}: too little is tested."));
    }

    // The changes of one key by their beginning, with the two latest ends of all so far: one may be the reader's own.
    private sealed class Overlaps
    {
        private readonly List<Operation> _changes;
        private readonly List<(Operation First, Operation? Second)> _latest = [];

        public Overlaps(List<Operation> changes)
        {
            _changes = changes;
            foreach (Operation change in changes)
            {
                _latest.Add(_latest.Count == 0 ? (change, null) : With(_latest[^1], change));
            }
        }

        public bool Meets(Operation reader)
        {
            int began = BeganBefore(EndOf(reader));
            if (began == 0)
            {
                return false;
            }

            (Operation first, Operation? second) = _latest[began - 1];
            Operation? other = ReferenceEquals(first, reader) ? second : first;
            return other is not null && EndOf(other) > reader.InvocationIndex;
        }

        private static (Operation First, Operation? Second) With(
            (Operation First, Operation? Second) latest, Operation change) =>
            EndOf(change) >= EndOf(latest.First) ? (change, latest.First)
                : latest.Second is null || EndOf(change) >= EndOf(latest.Second) ? (latest.First, change)
                : latest;

        private int BeganBefore(long index)
        {
            int low = 0;
            int high = _changes.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _changes[middle].InvocationIndex < index ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        private static long EndOf(Operation operation) => operation.Completion?.Index ?? long.MaxValue;
    }
}

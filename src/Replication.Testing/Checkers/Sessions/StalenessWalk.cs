using System.Globalization;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>Measures how stale each read was and holds it against a bound.</summary>
internal sealed class StalenessWalk(History history, KeyVersions versions, StalenessBound bound)
{
    private readonly List<double> _ages = [];
    private readonly List<int> _counts = [];
    private string? _violation;

    public Verdict Check()
    {
        Dictionary<HistoryValue, KeyWrites> writes = versions.Keys.ToDictionary(k => k, k => new KeyWrites(versions.WritesOf(k)));
        foreach ((Operation operation, bool isInvocation) in EventOrder.Of(history))
        {
            if (isInvocation && KeyVersions.IsRead(operation))
            {
                foreach ((HistoryValue key, HistoryValue value) in KeyVersions.ReadsOf(operation))
                {
                    Measure(operation, key, value, writes.GetValueOrDefault(key));
                }
            }
            else if (!isInvocation && KeyVersions.IsWrite(operation) && operation.Outcome == HistoryEventType.Ok)
            {
                writes[operation.Key].Acknowledge(versions.Of(operation));
            }
        }

        int stale = _counts.Count(c => c > 0);
        string measured = string.Create(
            CultureInfo.InvariantCulture,
            $"{_counts.Count} reads, {stale} stale; missed writes p50 {At(_counts, 0.5)}, p99 {At(_counts, 0.99)}, max "
            + $"{At(_counts, 1)}; age of the oldest missed p50 {At(_ages, 0.5):0.###} ms, p99 {At(_ages, 0.99):0.###} ms, "
            + $"max {At(_ages, 1):0.###} ms.");
        return _violation is not null ? Verdict.Invalid($"Bounded staleness is broken.\n{_violation}\n{measured}")
            : _counts.Count == 0 || (stale == 0 && bound.NeedsStaleReads)
                ? Verdict.Unknown($"Bounded staleness was not put to the test. {measured}")
                : Verdict.Valid($"Bounded staleness holds. {measured}");
    }

    private static T? At<T>(List<T> values, double share)
    {
        values.Sort();
        return values.Count == 0 ? default : values[Math.Min(values.Count - 1, (int)(share * values.Count))];
    }

    private void Measure(Operation read, HistoryValue key, HistoryValue value, KeyWrites? writes)
    {
        int version = versions.Of(key, value);
        if (version == KeyVersions.Invented)
        {
            _violation ??= $"{read} saw {value} of key {key}, which no write that may have succeeded left.";
            return;
        }

        int missed = writes?.AcknowledgedAfter(version) ?? 0;
        _counts.Add(missed);
        if (missed == 0)
        {
            _ages.Add(0);
            return;
        }

        Operation oldest = writes!.OldestAcknowledgedAfter(version);
        double age = AgeAt(read, oldest);
        _ages.Add(age);
        if (missed > bound.Writes)
        {
            _violation ??= $"{read} missed {missed} acknowledged writes of key {key}; the bound is {bound.Writes}. The one "
                + $"acknowledged first:\n  {oldest}";
        }

        if (bound.Age is { } allowed && age > allowed.TotalMilliseconds)
        {
            _violation ??= string.Create(
                CultureInfo.InvariantCulture,
                $"{read} missed a write acknowledged {age:0.###} ms before it began; the bound is "
                + $"{allowed.TotalMilliseconds:0.###} ms:\n  {oldest}");
        }
    }

    private double AgeAt(Operation read, Operation write)
    {
        if (read.Invocation.Time is { } start && write.Completion!.Time is { } end)
        {
            return (start - end) / 1e6;
        }

        return bound.Age is null ? 0 : throw new FormatException($"{read} or {write} has no time: its age is not known.");
    }

    /// <summary>The writes of a key by version, of which some have been acknowledged so far.</summary>
    private sealed class KeyWrites(IReadOnlyList<Operation> writes)
    {
        // Binary indexed trees over the versions from the newest down: how many, and which was acknowledged first.
        private readonly int[] _count = new int[writes.Count + 1];
        private readonly int[] _oldest = new int[writes.Count + 1];

        public void Acknowledge(int version)
        {
            for (int i = writes.Count + 1 - version; i < _count.Length; i += i & -i)
            {
                _count[i]++;
                _oldest[i] = _oldest[i] == 0 ? version : _oldest[i];
            }
        }

        public int AcknowledgedAfter(int version)
        {
            int count = 0;
            for (int i = writes.Count - version; i > 0; i -= i & -i)
            {
                count += _count[i];
            }

            return count;
        }

        public Operation OldestAcknowledgedAfter(int version)
        {
            Operation? oldest = null;
            for (int i = writes.Count - version; i > 0; i -= i & -i)
            {
                Operation? candidate = _oldest[i] == 0 ? null : writes[_oldest[i] - 1];
                if (oldest is null || candidate?.CompletionIndex < oldest.CompletionIndex)
                {
                    oldest = candidate;
                }
            }

            return oldest!;
        }
    }
}

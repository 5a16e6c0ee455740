using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>Checks that each read saw all its keys as they were after some prefix of the log.</summary>
internal sealed class PrefixWalk
{
    private readonly KeyVersions _versions;
    private readonly bool _isMonotonic;
    private readonly Dictionary<long, (long Point, Operation Read)> _points = [];

    public PrefixWalk(KeyVersions versions, bool isMonotonic)
    {
        _versions = versions;
        _isMonotonic = isMonotonic;
        foreach (Operation write in versions.Keys.SelectMany(versions.WritesOf))
        {
            if (write.Completion?.Position is null)
            {
                throw new FormatException($"{write} has no position: which prefix holds it is not known.");
            }
        }
    }

    public Verdict Check(History history)
    {
        int reads = 0;
        int wide = 0;
        foreach (Operation read in history.Operations.Where(KeyVersions.IsRead))
        {
            reads++;
            List<(HistoryValue Key, HistoryValue Value)> seen = [.. KeyVersions.ReadsOf(read)];
            wide += seen.Count > 1 ? 1 : 0;
            if (Violation(read, seen) is { } violation)
            {
                return Verdict.Invalid($"Consistent prefix is broken.\n{violation}");
            }
        }

        return wide == 0 && !_isMonotonic
            ? Verdict.Unknown($"Consistent prefix: none of {reads} reads saw more than one key.")
            : Verdict.Valid($"Consistent prefix holds over {reads} reads, {wide} of them of several keys.");
    }

    private string? Violation(Operation read, List<(HistoryValue Key, HistoryValue Value)> seen)
    {
        long from = 0;
        long until = long.MaxValue;
        string newest = "";
        string oldest = "";
        foreach ((HistoryValue key, HistoryValue value) in seen)
        {
            int version = _versions.Of(key, value);
            if (version == KeyVersions.Invented)
            {
                return $"{read} saw {value} of key {key}, which no write that may have succeeded left.";
            }

            IReadOnlyList<Operation> writes = _versions.WritesOf(key);
            if (version > 0 && PositionOf(writes[version - 1]) > from)
            {
                from = PositionOf(writes[version - 1]);
                newest = $"It saw {writes[version - 1]}";
            }

            if (version < writes.Count && PositionOf(writes[version]) < until)
            {
                until = PositionOf(writes[version]);
                oldest = $"and did not see {writes[version]}";
            }
        }

        if (from >= until)
        {
            return $"{read} fits no prefix.\n  {newest} at {from},\n  {oldest} at {until}.";
        }

        if (_isMonotonic && _points.TryGetValue(read.Process, out (long Point, Operation Read) earlier))
        {
            if (earlier.Point >= until)
            {
                return $"{read} saw no later prefix than before.\n  It did not see what is at {until},\n  "
                    + $"but {earlier.Read} of the same client saw what is at {earlier.Point}.";
            }

            from = Math.Max(from, earlier.Point);
        }

        _points[read.Process] = (from, read);
        return null;
    }

    private static long PositionOf(Operation write) => write.Completion!.Position!.Value;
}

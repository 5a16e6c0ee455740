namespace Replication.Testing.Simulation.Workloads;

/// <summary>The beginnings and ends of operations, in the order of the history.</summary>
/// <remarks>Places in a history are dense numbers: each moment is put at its place, nothing is sorted.</remarks>
internal readonly struct RecordMoments
{
    private readonly OperationRecord?[] _places;

    public RecordMoments(IReadOnlyList<OperationRecord> records, Func<OperationRecord, bool> isWanted)
    {
        _places = new OperationRecord?[PlacesOf(records)];
        foreach (OperationRecord record in records)
        {
            if (isWanted(record))
            {
                _places[record.InvocationIndex] = record;
                if (record.CompletionIndex > 0)
                {
                    _places[record.CompletionIndex] = record;
                }
            }
        }
    }

    /// <summary>Gets how many places there are.</summary>
    public int Count => _places.Length;

    /// <summary>Gets whose beginning or end is at a place; null for nobody's.</summary>
    public OperationRecord? this[int place] => _places[place];

    private static long PlacesOf(IReadOnlyList<OperationRecord> records)
    {
        long last = -1;
        foreach (OperationRecord record in records)
        {
            last = Math.Max(last, Math.Max(record.InvocationIndex, record.CompletionIndex));
        }

        return last + 1;
    }
}

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Every entry that any node has ever appended, by index and term.</summary>
internal sealed class EntryCatalog
{
    // The first entry that was seen at each index. Few indexes ever have another one.
    private readonly List<Known> _first = [];
    private readonly Dictionary<(long Index, long Term), Known> _others = [];

    /// <summary>Notes an entry, and finds out whether it equals the one of the same index and term that was noted
    /// before.</summary>
    /// <param name="index">Its index: at most one more than the highest so far.</param>
    /// <param name="term">Its term.</param>
    /// <param name="hash">Over its content.</param>
    /// <param name="previousTerm">The term of the entry before it.</param>
    public bool Fits(long index, long term, ulong hash, long previousTerm)
    {
        Known entry = new(term, hash, previousTerm);
        if (index == _first.Count + 1)
        {
            _first.Add(entry);
            return true;
        }

        Known first = _first[(int)index - 1];
        return first.Term == term
            ? first == entry
            : _others.TryAdd((index, term), entry) || _others[(index, term)] == entry;
    }

    private readonly record struct Known(long Term, ulong Hash, long PreviousTerm);
}

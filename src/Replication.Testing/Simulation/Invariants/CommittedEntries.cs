namespace Replication.Testing.Simulation.Invariants;

/// <summary>The entries that were seen to be committed, from index 1 on, each with the term of the node that was first
/// seen to commit it.</summary>
internal sealed class CommittedEntries
{
    private readonly List<ShadowEntry> _entries = [];
    private readonly List<long> _terms = [];

    public long Count => _entries.Count;

    public ShadowEntry this[long index] => _entries[(int)index - 1];

    /// <summary>Adds the next entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="term">The term in which it was committed.</param>
    public void Add(in ShadowEntry entry, long term)
    {
        _entries.Add(entry);
        _terms.Add(term);
    }

    /// <summary>Finds out whether the leader of a term must have an entry (paper, section 5.4: leader completeness).
    /// A late vote may make a leader of a term that others have left: it need not have what they committed
    /// since.</summary>
    public bool BindLeaderOf(long term, long index) => _terms[(int)index - 1] <= term;

    /// <summary>Gets the last entry that the leader of a term must have when it is elected.</summary>
    /// <returns>Its index; 0 if there is none.</returns>
    public long LastBefore(long term)
    {
        long last = Count;
        while (last > 0 && _terms[(int)last - 1] >= term)
        {
            last--;
        }

        return last;
    }
}
